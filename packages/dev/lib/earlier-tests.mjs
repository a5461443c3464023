/** @typedef {import("./jest.mjs").Counts} Counts */

/**
 * Adds the tests that ran before this command, so that one line counts all: TESTS_BEFORE has the last line of each
 * earlier `npm test`.
 *
 * @param {Counts} counts
 * @returns {Counts}
 */
export function withEarlierTests(counts) {
  const earlier = [
    ...(process.env.TESTS_BEFORE ?? '').matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm),
  ];
  return earlier.reduce(
    ({ passed, failed, skipped }, [, p, f, s]) => ({
      passed: passed + Number(p),
      failed: failed + Number(f),
      skipped: skipped + Number(s),
    }),
    counts,
  );
}
