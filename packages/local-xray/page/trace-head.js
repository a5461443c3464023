import { byId, html } from './dom.js';
import { counted, duration, timeOfDay } from './format.js';
import { marksOf, statusBadge } from './marks.js';

/** @import { TraceDetail } from '../src/trace-detail.ts' */

const place = byId('trace-head', HTMLElement);
const hint = byId('no-trace', HTMLElement);

/** @param {TraceDetail | undefined} trace @param {{ isGone: boolean }} state `isGone`: it is not kept any more */
export function showTraceHead(trace, { isGone }) {
  hint.hidden = trace !== undefined;
  hint.textContent = isGone
    ? 'This trace is not kept (any more): only the newest are.'
    : 'Choose a trace: with the mouse, or with the arrow keys and Enter.';
  if (!trace) {
    place.replaceChildren();
    return;
  }
  place.replaceChildren(
    html(
      'p',
      { class: 'trace-line' },
      statusBadge(trace),
      html(
        'span',
        { class: 'what' },
        trace.method && `${trace.method} `,
        html('b', {}, trace.path ?? trace.services[0] ?? ''),
      ),
      ...marksOf(trace),
    ),
    html(
      'p',
      { class: 'note' },
      `${timeOfDay(trace.startMs)} · response in ${duration(trace.responseMs)}, all in ${duration(trace.durationMs)} · ${counted(trace.segments, 'segment')}, ${counted(trace.subsegments, 'subsegment')} · `,
      html('code', {}, trace.id),
      isGone && html('b', {}, ' · not kept any more'),
    ),
    html(
      'ul',
      { class: 'warnings' },
      ...trace.invalid.map(({ reasons }) => html('li', {}, `refused document: ${reasons.join('; ')}`)),
    ),
  );
}
