import { choiceInAddress, putNode } from './address.js';
import { byId, html, reconcile } from './dom.js';
import { duration } from './format.js';
import { createRow, fillRow } from './waterfall-row.js';

/**
 * @import { TraceDetail } from '../src/trace-detail.ts'
 * @import { TraceNode } from '../src/trace-node.ts'
 * @import { Row } from './waterfall-row.js'
 */

const place = byId('waterfall', HTMLElement);

/** @type {{ trace: TraceDetail, rows: Row[], closed: Set<string>, onChoice: (node: TraceNode | undefined) => void } | undefined} */
let current;

/** @param {TraceDetail | undefined} trace @param {(node: TraceNode | undefined) => void} onChoice called for the chosen one, again when it changes */
export function showWaterfall(trace, onChoice) {
  if (!trace) {
    current = undefined;
    place.replaceChildren();
    return;
  }
  if (current?.trace.id !== trace.id)
    place.replaceChildren(
      grid(trace),
      html(
        'p',
        { class: 'note' },
        'Enter shows the fields, ← and → close and open, Esc goes back to the list.',
      ),
    );
  const closed = current?.trace.id === trace.id ? current.closed : new Set();
  current = { trace, rows: [], closed, onChoice };
  refresh();
}

/** Gives the keyboard to the waterfall. */
export function focusWaterfall() {
  const row = place.querySelector('[role=row][tabindex="0"]');
  if (row instanceof HTMLElement) row.focus();
}

/** @param {TraceDetail} trace */
function grid(trace) {
  return html(
    'div',
    {
      class: 'waterfall',
      role: 'treegrid',
      'aria-label': `Waterfall of the trace ${trace.id}`,
      keydown: onKey,
    },
    html('div', { class: 'axis', 'aria-hidden': 'true' }),
    html('div', { class: 'rows', role: 'rowgroup' }),
  );
}

function refresh() {
  const body = place.querySelector('.rows');
  const axis = place.querySelector('.axis');
  if (!current || !body || !axis) return;
  const { trace, closed } = current;
  current.rows = [...rowsOf(trace.tree, closed)];
  axis.replaceChildren(
    ...[0, 0.25, 0.5, 0.75, 1].map((part) => html('span', {}, duration(part * trace.durationMs))),
  );
  reconcile(
    body,
    current.rows,
    ({ node }) => node.id,
    ({ node }) => createRow(() => choose(node.id)),
    (element, row) =>
      fillRow(element, row, trace, {
        isOpen: !closed.has(row.node.id),
        toggle: (event) => toggle(row.node.id, event),
      }),
  );
  showChoice();
}

/** @param {readonly TraceNode[]} nodes @param {ReadonlySet<string>} closed @returns {Generator<Row>} */
function* rowsOf(nodes, closed, level = 1, /** @type {string | undefined} */ parent = undefined) {
  for (const node of nodes) {
    yield { node, level, parent };
    if (!closed.has(node.id)) yield* rowsOf(node.children, closed, level + 1, node.id);
  }
}

function showChoice() {
  if (!current) return;
  const { trace, rows, onChoice } = current;
  const chosen = rows.find(({ node }) => node.id === choiceInAddress().node);
  const elements = /** @type {HTMLElement[]} */ ([...place.querySelectorAll('[role=row]')]);
  const focused = elements.find((element) => element === document.activeElement);
  const reachable = focused?.dataset.key ?? chosen?.node.id ?? trace.tree[0]?.id;
  for (const element of elements) {
    element.setAttribute('aria-selected', String(element.dataset.key === chosen?.node.id));
    element.tabIndex = element.dataset.key === reachable ? 0 : -1;
  }
  onChoice(chosen?.node);
}

/** @param {string | null} id */
function choose(id) {
  putNode(id);
  showChoice();
}

/** @param {string} id @param {Event} [event] */
function toggle(id, event) {
  event?.stopPropagation();
  if (!current?.closed.delete(id)) current?.closed.add(id);
  refresh();
}

/** As the pattern for tree grids has it: https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/ @param {KeyboardEvent} event */
function onKey(event) {
  if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
  const { rows, closed } = current;
  const id = event.target instanceof HTMLElement ? event.target.dataset.key : undefined;
  const index = rows.findIndex(({ node }) => node.id === id);
  const row = rows[index];
  if (!row) return;
  const { node, parent } = row;
  const isOpen = node.children.length > 0 && !closed.has(node.id);
  const isClosed = node.children.length > 0 && closed.has(node.id);
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowDown: () => focusRow(rows[index + 1]?.node.id),
    ArrowUp: () => focusRow(rows[index - 1]?.node.id),
    Home: () => focusRow(rows[0]?.node.id),
    End: () => focusRow(rows.at(-1)?.node.id),
    ArrowRight: () => (isClosed ? toggle(node.id) : isOpen && focusRow(rows[index + 1]?.node.id)),
    ArrowLeft: () => (isOpen ? toggle(node.id) : focusRow(parent)),
    Enter: () => choose(node.id),
    ' ': () => choose(node.id),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

/** @param {string | undefined} id */
function focusRow(id) {
  const row = [...place.querySelectorAll('[role=row]')].find(
    (element) => /** @type {HTMLElement} */ (element).dataset.key === id,
  );
  if (!(row instanceof HTMLElement)) return;
  for (const other of place.querySelectorAll('[role=row]'))
    /** @type {HTMLElement} */ (other).tabIndex = other === row ? 0 : -1;
  row.focus();
}
