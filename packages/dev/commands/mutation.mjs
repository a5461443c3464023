import { ensureInstalled } from '../lib/install.mjs';
import { takeOverSignals } from '../lib/interruption.mjs';
import { testArea } from '../lib/mutation/area.mjs';
import { readOptions, usage } from '../lib/mutation/options.mjs';
import { scoreOf, scoreTable, survivors } from '../lib/mutation/report.mjs';
import { findServiceNode } from '../lib/service-node.mjs';
import { bold, red, say, secondsSince } from '../lib/terminal.mjs';
import { AREAS } from '../../testing/mutation/areas.js';

/** @import { Score } from '../lib/mutation/report.mjs' */

/**
 * `npm run test:mutation`: changes the critical code in one place at a time, and prints which changes no test notices.
 *
 * @param {string[]} args see {@link usage}
 * @returns {Promise<number>} 1 if an area was not finished
 */
export default async function mutation(args) {
  const names = Object.keys(AREAS);
  const { help, areas, minutes, ...options } = readOptions(args, names);
  if (help) {
    say(usage(names));
    return 0;
  }
  const interrupted = takeOverSignals();
  await ensureInstalled(interrupted);
  const node = await findServiceNode();
  const late = AbortSignal.timeout(minutes * 60_000);
  const signal = AbortSignal.any([interrupted, late]);

  /** @type {Score[]} */
  const scores = [];
  for (const area of areas) {
    if (late.aborted) break;
    const begun = performance.now();
    say(bold(`${area}: ${AREAS[area]?.specs.length} specs`));
    const every = options.every ?? AREAS[area]?.every ?? 1;
    const show = (/** @type {string} */ line) => say(`  ${line}`);
    const { mutants, isComplete } = await testArea(node, area, { ...options, every }, signal, show);
    interrupted.throwIfAborted();
    const score = scoreOf(area, mutants);
    if (isComplete) scores.push(score);
    say(`${area}: ${score.killed} of ${score.tried} killed (${secondsSince(begun)} s)`);
    for (const line of survivors(mutants)) say(line);
  }
  say();
  for (const line of scoreTable(scores)) say(line);
  const missing = areas.filter((area) => !scores.some((score) => score.area === area));
  if (missing.length > 0) say(red(`not finished: ${missing.join(', ')}`));
  return missing.length > 0 ? 1 : 0;
}
