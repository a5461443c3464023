import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromRoot } from './paths.mjs';
import { runToEnd } from './run-to-end.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs Jest once over all projects.
 *
 * @param {string} node
 * @param {string[]} args of Jest
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 * @returns {Promise<{ code: number, counts: Counts }>} a suite that could not run counts as one failed test
 */
export async function runJest(node, args, env, signal) {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  const file = join(folder, 'results.json');
  try {
    const command = [
      '--experimental-vm-modules',
      fromRoot('node_modules/jest/bin/jest.js'),
      '--maxWorkers=2',
    ];
    const { code } = await runToEnd(node, [...command, '--json', `--outputFile=${file}`, ...args], {
      env: { ...env, NODE_NO_WARNINGS: '1' },
      show: true,
      signal,
    });
    return { code, counts: countsFrom(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} file @returns {Counts} */
function countsFrom(file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
  } catch {
    // Jest writes none if it could not begin.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
