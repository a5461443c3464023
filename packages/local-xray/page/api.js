/**
 * @import { Counts } from '../src/counts.ts'
 * @import { ServiceMap } from '../src/service-map.ts'
 * @import { TraceDetail } from '../src/trace-detail.ts'
 * @import { InvalidDocument } from '../src/trace-store.ts'
 * @import { TraceSummary } from '../src/trace-summary.ts'
 */

/** @typedef {{ kept: number, matching: number, traces: TraceSummary[] }} TraceList */

/** How many traces the list shows at most. */
const LIMIT = 200;

/** @param {URLSearchParams} filter @returns {Promise<TraceList>} */
export function fetchTraces(filter) {
  return get(`/api/traces?${new URLSearchParams([...filter, ['limit', String(LIMIT)]])}`);
}

/** @param {string} id @returns {Promise<TraceDetail | undefined>} undefined when it is not kept (any more) */
export async function fetchTrace(id) {
  const response = await fetch(`/api/traces/${encodeURIComponent(id)}`);
  return response.ok ? response.json() : undefined;
}

/** @returns {Promise<ServiceMap>} */
export function fetchServiceMap() {
  return get('/api/service-map');
}

/** @returns {Promise<{ total: number, invalid: InvalidDocument[] }>} */
export function fetchInvalid() {
  return get('/api/invalid');
}

/** Makes the program forget all that it has received. */
export async function forgetAll() {
  await fetch('/api/traces', { method: 'DELETE' });
}

/**
 * Listens for changes; a broken connection is made anew by the browser.
 *
 * @param {(counts: Counts) => void} onChange also called at once
 * @param {(isConnected: boolean) => void} onConnection
 */
export function listen(onChange, onConnection) {
  const events = new EventSource('/api/events');
  events.addEventListener('change', ({ data }) => onChange(JSON.parse(data)));
  events.addEventListener('open', () => onConnection(true));
  events.addEventListener('error', () => onConnection(false));
}

/** @param {string} path */
async function get(path) {
  const response = await fetch(path);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}
