import { say } from './terminal.mjs';
import { table } from './table.mjs';

/** Seconds by stage, in the order in which they began. @type {Map<string, number>} */
const stages = new Map(earlierStages());

/**
 * Does a stage of a command and keeps its seconds. Stages of the same name add up.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function stage(name, work) {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    stages.set(name, (stages.get(name) ?? 0) + (performance.now() - begun) / 1_000);
  }
}

/** Prints the seconds of each stage so far, and their sum. */
export function printStages() {
  const rows = [...stages];
  const sum = rows.reduce((seconds, [, more]) => seconds + more, 0);
  for (const line of table('stages', [...rows, ['sum', sum]])) say(line);
}

/** @returns {[string, number][]} the stages before this command: a line with seconds, a space and a name each */
function earlierStages() {
  return [...(process.env.STAGES_BEFORE ?? '').matchAll(/^(\d+) (.+)$/gm)].map(([, seconds, name = '']) => [
    name,
    Number(seconds),
  ]);
}
