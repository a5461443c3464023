/** How often a wait is reported, in ms. */
export const TELL_EVERY_MS = 10_000;

/**
 * Runs `work`, and reports every 10 s what it waits for and since when.
 *
 * @param what read at each report, so that it may change meanwhile
 */
export async function telling<T>(
  say: (line: string) => void,
  what: () => string,
  work: () => Promise<T>,
  everyMs = TELL_EVERY_MS,
): Promise<T> {
  const begun = performance.now();
  const timer = setInterval(() => {
    say(`${what()}, for ${((performance.now() - begun) / 1_000).toFixed(0)} s now`);
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
