import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is not undefined or false.
 *
 * @param what names the thing in the error
 * @throws Error after `timeoutMs`, with the last error as its cause
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 30_000,
  everyMs = 50,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause });
    await sleep(everyMs);
  }
}
