/** How calls went: rates from 0 to 1, durations in ms; null where no call has ended. */
export interface CallFigures {
  calls: number;
  /** Of answers 4xx, in X-Ray's words `error`; `fault` are 5xx, `throttle` 429. */
  errorRate: number;
  faultRate: number;
  throttleRate: number;
  /** Of calls that are any of the three. */
  failedRate: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

interface Call {
  durationMs: number | null;
  error: boolean;
  fault: boolean;
  throttle: boolean;
}

/** @param calls those in progress count, but have no duration yet */
export function figuresOf(calls: readonly Call[]): CallFigures {
  const rate = (is: (call: Call) => boolean): number =>
    calls.length === 0 ? 0 : calls.filter(is).length / calls.length;
  const durations = calls.map(({ durationMs }) => durationMs).filter((duration) => duration !== null);
  return {
    calls: calls.length,
    errorRate: rate(({ error }) => error),
    faultRate: rate(({ fault }) => fault),
    throttleRate: rate(({ throttle }) => throttle),
    failedRate: rate(({ error, fault, throttle }) => error || fault || throttle),
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
  };
}

/**
 * By nearest rank: the smallest value that at least this share of all values does not exceed, so always a measured one.
 *
 * @param share from 0 to 1
 * @returns null of no values
 */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
