import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
 * @returns {Promise<Mutant[] | undefined>} undefined if it did not finish
 */
export async function testArea(node, area, { concurrency, every, files }, signal, onLine) {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-mutation-'));
  try {
    signal.throwIfAborted();
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
    await child.exited;
    signal.removeEventListener('abort', stop);
    return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  } catch (error) {
    // It ends without results when it is stopped, or when the specs fail without a mutant; it has printed that.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
