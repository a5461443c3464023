import { html } from './dom.js';
import { duration } from './format.js';
import { marksOf, outcomeOf } from './marks.js';
import { detailOf } from './node-detail.js';

/**
 * @import { TraceDetail } from '../src/trace-detail.ts'
 * @import { TraceNode } from '../src/trace-node.ts'
 */

/** @typedef {{ node: TraceNode, level: number, parent: string | undefined }} Row */

/** Colours for so many services stand in style.css. */
const COLOURS = 6;

/** A row without content. @param {() => void} choose */
export function createRow(choose) {
  return html(
    'div',
    { role: 'row', class: 'row', tabindex: -1, click: choose },
    html('div', { role: 'gridcell', class: 'label' }),
    html('div', { role: 'gridcell', class: 'track', 'aria-hidden': 'true' }, html('div', { class: 'bar' })),
    html('div', { role: 'gridcell', class: 'took' }),
  );
}

/**
 * Writes a segment or subsegment into its row.
 *
 * @param {HTMLElement} element
 * @param {Row} row
 * @param {TraceDetail} trace
 * @param {{ isOpen: boolean, toggle: (event: Event) => void }} branch
 */
export function fillRow(element, { node, level }, trace, { isOpen, toggle }) {
  // What has not changed is left alone: a click or a selected text would be lost with the old elements.
  const { startMs, durationMs, services } = trace;
  const state = JSON.stringify([
    { ...node, children: node.children.length },
    level,
    isOpen,
    startMs,
    durationMs,
    services,
  ]);
  if (element.dataset.state === state) return;
  element.dataset.state = state;

  const [label, track, took] = /** @type {HTMLElement[]} */ ([...element.children]);
  const isBranch = node.children.length > 0;
  element.setAttribute('aria-level', String(level));
  if (isBranch) element.setAttribute('aria-expanded', String(isOpen));
  else element.removeAttribute('aria-expanded');

  const colour = colourOf(node, trace);
  const twisty = isBranch ? (isOpen ? '▾' : '▸') : '';
  label?.style.setProperty('--level', String(Math.min(level - 1, 8)));
  label?.replaceChildren(
    html('span', { class: 'twisty', 'aria-hidden': 'true', click: isBranch && toggle }, twisty),
    html('span', { class: `kind ${node.kind} ${colour}`, 'aria-hidden': 'true' }),
    html('span', { class: 'name' }, node.name),
    html('span', { class: 'detail' }, detailOf(node)),
  );
  place(/** @type {HTMLElement} */ (track?.firstElementChild), node, trace);
  took?.replaceChildren(...marksOf(node), duration(node.durationMs));
}

/** What is in progress reaches to the end of the trace. @param {HTMLElement} bar @param {TraceNode} node @param {TraceDetail} trace */
function place(bar, node, trace) {
  const { startMs, durationMs } = trace;
  const whole = durationMs || 1;
  const end = node.durationMs === null ? startMs + durationMs : node.startMs + node.durationMs;
  bar.className = `bar ${node.kind} ${colourOf(node, trace)} ${outcomeOf(node)}`;
  bar.style.left = `${((node.startMs - startMs) / whole) * 100}%`;
  bar.style.width = `${((end - node.startMs) / whole) * 100}%`;
}

/** Each service of a trace has a colour. @param {TraceNode} node @param {TraceDetail} trace */
function colourOf({ service }, { services }) {
  const index = services.indexOf(service ?? '');
  return index === -1 ? 'colour-none' : `colour-${index % COLOURS}`;
}
