import { html } from './dom.js';
import { counted } from './format.js';

/**
 * @import { TraceNode } from '../src/trace-node.ts'
 * @import { TraceSummary } from '../src/trace-summary.ts'
 */

/** @typedef {'ok' | 'error' | 'fault' | 'throttle' | 'progress'} Outcome the class of its colour, too */

/** The worst that is to be said. @param {Pick<TraceNode, 'error' | 'fault' | 'throttle' | 'inProgress'>} call @returns {Outcome} */
export function outcomeOf({ error, fault, throttle, inProgress }) {
  if (fault) return 'fault';
  if (throttle) return 'throttle';
  if (error) return 'error';
  return inProgress ? 'progress' : 'ok';
}

/** The status of the trace's first request. @param {TraceSummary} trace */
export function statusBadge({ status }) {
  const kind =
    status === null
      ? 'none'
      : status >= 500
        ? 'fault'
        : status === 429
          ? 'throttle'
          : status >= 400
            ? 'error'
            : 'ok';
  return html('span', { class: `status ${kind}` }, status === null ? '–' : String(status));
}

/**
 * Words for what is wrong, in the colours of X-Ray's console: red for faults (5xx), amber for errors (4xx), violet for
 * throttling (429).
 *
 * @param {TraceSummary | TraceNode} item
 */
export function marksOf(item) {
  const marks = [];
  if (item.fault) marks.push(mark('fault', 'fault'));
  if (item.throttle) marks.push(mark('throttle', 'throttle'));
  // A throttled call is an error too: saying so tells nothing more.
  else if (item.error) marks.push(mark('error', 'error'));
  if (item.inProgress) marks.push(mark('progress', 'in progress'));
  const isNode = 'isOrphan' in item;
  const orphans = isNode ? Number(item.isOrphan) : item.orphans;
  const warnings = isNode ? item.warnings.length : item.warnings;
  if (orphans > 0) marks.push(mark('fault', isNode ? 'orphan' : counted(orphans, 'orphan')));
  if (warnings > orphans) marks.push(mark('error', counted(warnings - orphans, 'warning')));
  return marks;
}

/** @param {string} kind @param {string} text */
function mark(kind, text) {
  return html('span', { class: `mark ${kind}` }, text);
}
