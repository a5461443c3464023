import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fromRoot, ROOT } from './paths.mjs';
import { runToEnd } from './run-to-end.mjs';

/**
 * The most that the heap of Jest and of each of its workers may take. On a machine with much memory, V8 would let it
 * grow to GiBs before it collects; jest.config.js replaces a worker that keeps more than 150 MB between two files.
 */
const HEAP_MIB = 320;

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs Jest once over all projects.
 *
 * @param {string} node
 * @param {string[]} args of Jest
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 * @returns {Promise<{ code: number, counts: Counts, failed: string[], seconds: [string, number][] }>} a suite that could
 *   not run counts as one failed test; `failed`: file and name of each; `seconds`: of each suite, the slowest first
 */
export async function runJest(node, args, env, signal) {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  const file = join(folder, 'results.json');
  try {
    const command = [
      '--experimental-vm-modules',
      `--max-old-space-size=${HEAP_MIB}`,
      fromRoot('node_modules/jest/bin/jest.js'),
      '--maxWorkers=2',
    ];
    const { code } = await runToEnd(node, [...command, '--json', `--outputFile=${file}`, ...args], {
      env: { ...env, NODE_NO_WARNINGS: '1' },
      show: true,
      signal,
    });
    return { code, ...resultsFrom(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} file @returns {{ counts: Counts, failed: string[], seconds: [string, number][] }} */
function resultsFrom(file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    return {
      counts: {
        passed: results.numPassedTests,
        failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
        skipped: results.numPendingTests + results.numTodoTests,
      },
      failed: results.testResults.flatMap(failedIn),
      seconds: slowestFirst(results.testResults),
    };
  } catch {
    // Jest writes none if it could not begin.
    return { counts: { passed: 0, failed: 0, skipped: 0 }, failed: [], seconds: [] };
  }
}

/**
 * @param {{ name: string, status: string, assertionResults: { status: string, fullName: string }[] }} suite
 * @returns {string[]}
 */
function failedIn({ name, status, assertionResults }) {
  const path = relative(ROOT, name);
  const tests = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && tests.length === 0) return [path];
  return tests.map(({ fullName }) => `${path}: ${fullName}`);
}

/**
 * @param {{ name: string, startTime: number, endTime: number }[]} suites
 * @returns {[string, number][]}
 */
function slowestFirst(suites) {
  /** @type {[string, number][]} */
  const seconds = suites.map(({ name, startTime, endTime }) => [
    relative(ROOT, name),
    (endTime - startTime) / 1_000,
  ]);
  return seconds.sort(([, one], [, other]) => other - one);
}
