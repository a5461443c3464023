const BASE_MS = 500;
const MOST_MS = 5 * 60_000;

/**
 * How long to wait after the `attempts`-th failed attempt, in ms: full jitter
 * under a doubling bound, so that many rows that failed together do not come
 * back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backoffMs(attempts: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(MOST_MS, BASE_MS * 2 ** Math.min(attempts, 30)));
}
