import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../child.mjs';
import { fromRoot } from '../paths.mjs';

/**
 * A change of the code, and what became of it: `Survived`: no test failed; `NoCoverage`: no test runs the code;
 * `NotTried`: it is not in the sample; `Ignored`: it changes a text only; any other: a test failed or hung.
 *
 * @typedef {{ file: string, line: number, mutator: string, original: string, replacement: string, status: string }} Mutant
 */

/** What startChild prints about an end that is no news. */
const FINISHED = 'ended with code 0';

/**
 * Tries all mutants of an area in a folder of its own, which is removed afterwards.
 *
 * @param {string} node the binary to run it on
 * @param {string} area
 * @param {{ concurrency: number, every: number, files: readonly string[] }} options `files`: none for all of the area
 * @param {AbortSignal} signal ends it before its time
 * @param {(line: string) => void} onLine gets its progress
 * @returns {Promise<{ mutants: Mutant[], isComplete: boolean }>} those that were tried until it was stopped, or failed
 */
export async function testArea(node, area, { concurrency, every, files }, signal, onLine) {
  signal.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-mutation-'));
  try {
    const child = startChild(
      {
        name: 'mutation',
        script: fromRoot('packages/testing/mutation/run-area.js'),
        args: [area, folder, String(concurrency), String(every), ...files],
        env: process.env,
      },
      node,
      (line) => line === FINISHED || onLine(line),
    );
    const stop = () => void child.stop();
    signal.addEventListener('abort', stop);
    const how = await child.exited;
    signal.removeEventListener('abort', stop);
    return { mutants: readResults(join(folder, 'results.jsonl')), isComplete: how === FINISHED };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param {string} file @returns {Mutant[]} */
function readResults(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
