/** @import { CallFigures } from '../src/statistics.ts' */

/** A duration with a unit, three digits at most. @param {number | null} ms */
export function duration(ms) {
  if (ms === null) return '…';
  if (ms >= 60_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms >= 1000) return `${digits(ms / 1000)} s`;
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  return `${digits(ms)} ms`;
}

/** Two durations, with one unit where it is the same. @param {number | null} one @param {number | null} other */
export function durations(one, other) {
  const [first = '', second = ''] = [duration(one), duration(other)];
  const unit = second.split(' ')[1];
  const same = unit !== undefined && first.endsWith(` ${unit}`);
  return [same ? first.slice(0, -unit.length - 1) : first, second];
}

/** A share of 1 as percent, never a 0 for a few or a 100 for not all. @param {number} share */
export function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '<0.1 %';
  if (value > 99.9 && value < 100) return '>99.9 %';
  return `${Number(value.toFixed(1))} %`;
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en');
}

/** A count with its noun. @param {number} value @param {string} noun @param {string} [plural] */
export function counted(value, noun, plural = `${noun}s`) {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Figures as a sentence, to be read out. @param {CallFigures} figures */
export function spoken({ calls, failedRate, p50Ms, p95Ms }) {
  return `${counted(calls, 'call')}, ${percent(failedRate)} failed, p50 ${duration(p50Ms)}, p95 ${duration(p95Ms)}`;
}

/** The time of the day, to the millisecond. @param {number} ms since 1970 */
export function timeOfDay(ms) {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '?';
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** @param {number} value */
function digits(value) {
  if (value >= 100) return value.toFixed(0);
  return String(Number(value.toFixed(value >= 10 ? 1 : 2)));
}
