/** Resolves when the thing is well, rejects when it is not. */
export type Check = () => Promise<void>;

/**
 * Asks at most once at a time, and gives each caller within `keepMs` of the
 * answer the same outcome: clients without a token must not decide how often
 * other servers are asked.
 *
 * @param keepMs how long an outcome is remembered; 0: only callers at the same time share one
 * @param now a clock in ms that never goes back
 */
export function rememberedCheck(check: Check, keepMs: number, now: () => number): Check {
  let outcome: Promise<void> | undefined;
  let until = 0;
  return () => {
    if (outcome !== undefined && now() < until) return outcome;
    until = Infinity;
    outcome = check().finally(() => {
      until = now() + keepMs;
    });
    return outcome;
  };
}
