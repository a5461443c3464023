import { byId, html } from './dom.js';
import { duration, timeOfDay } from './format.js';
import { marksOf } from './marks.js';

/** @import { TraceNode } from '../src/trace-node.ts' */

const place = byId('fields', HTMLElement);

/** What is shown, so that what was opened or closed by hand stays when nothing has changed. */
let shown = '';

/** All that came of a segment or subsegment, as a tree. @param {TraceNode | undefined} node */
export function showFields(node) {
  const state = JSON.stringify(node && { ...node, children: [] }) ?? '';
  if (state === shown) return;
  shown = state;
  if (!node) {
    place.replaceChildren();
    return;
  }
  place.replaceChildren(
    html(
      'section',
      { class: 'fields', 'aria-label': `Fields of ${node.name}` },
      html('h3', {}, node.name, html('span', { class: 'detail' }, ` ${node.kind}`), ...marksOf(node)),
      html(
        'p',
        { class: 'note' },
        `${timeOfDay(node.startMs)}, took ${duration(node.durationMs)}${node.service ? `, in ${node.service}` : ''}`,
      ),
      node.warnings.length > 0 &&
        html('ul', { class: 'warnings' }, ...node.warnings.map((warning) => html('li', {}, warning))),
      tree(node.fields),
    ),
  );
}

/** @param {object} value @returns {HTMLElement} */
function tree(value) {
  return html('dl', { class: 'tree' }, ...Object.entries(value).map(([name, field]) => entry(name, field)));
}

/** @param {string} name @param {unknown} value */
function entry(name, value) {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const size = Array.isArray(value) ? html('span', { class: 'detail' }, ` ${value.length}`) : null;
    return html(
      'div',
      { class: 'branch' },
      html('details', { open: true }, html('summary', {}, name, size), tree(value)),
    );
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return html('div', { class: 'leaf' }, html('dt', {}, name), html('dd', { class: typeof value }, text));
}
