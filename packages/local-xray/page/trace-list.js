import { addressOf, choiceInAddress } from './address.js';
import { byId, html, reconcile } from './dom.js';
import { count, counted, duration, timeOfDay } from './format.js';
import { marksOf, statusBadge } from './marks.js';

/**
 * @import { TraceSummary } from '../src/trace-summary.ts'
 * @import { TraceList } from './api.js'
 */

const list = byId('trace-list', HTMLUListElement);
const matching = byId('matching', HTMLElement);

/** Arrow keys go from trace to trace; one of them can be reached with Tab. */
export function startTraceList() {
  list.addEventListener('keydown', (event) => {
    const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('a')]);
    const index = links.findIndex((link) => link === document.activeElement);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: links.length - 1 }[event.key];
    const link = to === undefined ? undefined : links[to];
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
  list.addEventListener('focusin', ({ target }) => {
    for (const link of list.querySelectorAll('a')) link.tabIndex = link === target ? 0 : -1;
  });
}

/** @param {TraceList} traces */
export function showTraces({ kept, matching: wanted, traces }) {
  const shown = traces.length < wanted ? ` The newest ${count(traces.length)} are listed.` : '';
  matching.textContent =
    wanted === kept
      ? `${counted(kept, 'trace')}.${shown}`
      : `${count(wanted)} of ${counted(kept, 'trace')}.${shown}`;
  reconcile(list, traces, ({ id }) => id, create, update);
  showChoice();
}

/** Marks the trace of the address, and lets Tab reach it. */
export function showChoice() {
  const { trace } = choiceInAddress();
  const links = [...list.querySelectorAll('a')];
  for (const link of links) {
    if (link.parentElement?.dataset.key === trace) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  if (links.includes(/** @type {HTMLAnchorElement} */ (document.activeElement))) return;
  const reachable = links.find((link) => link.hasAttribute('aria-current')) ?? links[0];
  for (const link of links) link.tabIndex = link === reachable ? 0 : -1;
}

/** Brings the keyboard back to the chosen trace. */
export function focusChoice() {
  const chosen = list.querySelector('a[aria-current]') ?? list.querySelector('a');
  if (chosen instanceof HTMLElement) chosen.focus();
}

function create() {
  return html('li', {}, html('a', { class: 'trace', tabindex: '-1' }));
}

/** @param {HTMLElement} item @param {TraceSummary} trace */
function update(item, trace) {
  const link = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
  link.setAttribute('href', addressOf(trace.id));
  const state = JSON.stringify(trace);
  if (link.dataset.state === state) return;
  link.dataset.state = state;
  const called = trace.calls.filter((name) => !trace.services.includes(name));
  link.replaceChildren(
    statusBadge(trace),
    html(
      'span',
      { class: 'what' },
      trace.method && `${trace.method} `,
      html('b', {}, trace.path ?? trace.services[0] ?? trace.id),
    ),
    html('span', { class: 'how-long', title: 'response time' }, duration(trace.responseMs)),
    html(
      'span',
      { class: 'who' },
      ...marksOf(trace),
      [...trace.services, ...called].map(shortName).join(' · '),
    ),
    html('span', { class: 'when' }, timeOfDay(trace.startMs)),
  );
}

/** Without what the names of services have in common. @param {string} name */
function shortName(name) {
  return name.replace(/-(micro)?service$/, '');
}
