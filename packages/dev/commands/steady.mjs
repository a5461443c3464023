import { build } from '../lib/build.mjs';
import { hasDocker } from '../lib/docker.mjs';
import { ensureInfraInstalled, ensureInstalled } from '../lib/install.mjs';
import { takeOverSignals } from '../lib/interruption.mjs';
import { runJest } from '../lib/jest.mjs';
import { findServiceNode } from '../lib/service-node.mjs';
import { readOptions, USAGE } from '../lib/steady/options.mjs';
import { startLoad } from '../lib/steady/load.mjs';
import { green, red, say, secondsSince } from '../lib/terminal.mjs';

/**
 * `npm run test:steady`: runs the tests several times on a busy machine, and prints which of them ever failed.
 *
 * @param {string[]} args options of {@link USAGE}; the others are passed on to Jest
 * @returns {Promise<number>} 1 if a test failed in any run, or a run had no test
 */
export default async function steady(args) {
  const options = readOptions(args);
  if (options.help) {
    say(USAGE);
    return 0;
  }
  const signal = takeOverSignals();
  await ensureInstalled(signal);
  await ensureInfraInstalled(signal);
  await build({ signal });
  const node = await findServiceNode();
  const env = options.docker
    ? { ...process.env, TEST_DOCKER: (await hasDocker()) ? '1' : undefined }
    : { ...process.env, TEST_DOCKER: undefined, TEST_CLUSTER: undefined };

  /** The runs in which a test failed. @type {Map<string, number[]>} */
  const failedIn = new Map();
  let isWell = true;
  const load = startLoad(node);
  try {
    for (let run = 1; run <= options.runs; run += 1) {
      const begun = performance.now();
      const { code, counts, failed } = await runJest(node, options.jest, env, signal);
      for (const test of failed) failedIn.set(test, [...(failedIn.get(test) ?? []), run]);
      if (code !== 0 || counts.passed === 0) isWell = false;
      const { passed, skipped } = counts;
      say(
        `run ${run} of ${options.runs}: ${passed} passed, ${counts.failed} failed, ${skipped} skipped, ended with ${code} (${secondsSince(begun)} s)`,
      );
    }
  } finally {
    await load.stop();
  }
  for (const [test, runs] of failedIn) say(`${red('failed')} in run ${runs.join(', ')}: ${test}`);
  const line = `${failedIn.size} tests failed in ${options.runs} runs with ${load.what} beside them`;
  say(isWell ? green(line) : red(line));
  return isWell ? 0 : 1;
}
