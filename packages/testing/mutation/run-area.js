// `node run-area.js AREA FOLDER CONCURRENCY EVERY [PATTERN…]`: mutation-tests one area, every EVERYth mutant of it, and
// writes FOLDER/results.json. `npm run test:mutation` starts it as the leader of a process group; SIGTERM ends the group.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { AREAS } from './areas.js';
import { specsThatReach } from './coverage.js';
import { isTried } from './sample.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Processor time of a mutant: one that takes more loops without end. It does not depend on what else the machine does. */
const MOST_CPU_SECONDS = 120;
/** Jest ends a test that waits, after 30 s. This is for what it cannot end. */
const TIMEOUT_MS = 600_000;

const [area = '', folder = '', concurrency = '1', every = '1', ...patterns] = process.argv.slice(2);
const { mutate, specs, mysql = false } = AREAS[area];

process.chdir(ROOT);
Object.assign(process.env, {
  MUTATION_SPECS: JSON.stringify(specs),
  MUTATION_COVERAGE: join(folder, 'coverage'),
  MUTATION_CACHE: join(folder, 'cache'),
  MUTATION_EVERY: every,
  TMPDIR: folder,
  NODE_NO_WARNINGS: '1',
});

const server = mysql ? await (await import('../src/mysql.ts')).startMysql() : undefined;
if (server) {
  process.env.TEST_MYSQL_PORT = String(server.port);
  process.env.TEST_MYSQL_PROJECT = server.project;
}
process.once('SIGTERM', () => {
  const end = () => process.kill(-process.pid, 'SIGKILL');
  if (server) server.stop().then(end, end);
  else end();
});
try {
  const stryker = new Stryker({
    mutate: patterns.length > 0 ? patterns : [...mutate],
    testRunner: 'command',
    commandRunner: {
      command: `ulimit -t ${MOST_CPU_SECONDS}; exec "${process.execPath}" --experimental-vm-modules packages/testing/mutation/run-specs.js`,
    },
    // run-specs.js chooses the specs itself.
    coverageAnalysis: 'off',
    plugins: [fileURLToPath(new URL('texts.js', import.meta.url))],
    ignorers: ['texts'],
    ignorePatterns: ['infra', 'k8s', '.data', 'coverage', '**/dist', '**/.turbo'],
    tempDirName: join(folder, 'copy'),
    cleanTempDir: 'always',
    concurrency: Number(concurrency),
    timeoutMS: TIMEOUT_MS,
    reporters: ['progress-append-only'],
    logLevel: 'warn',
    allowEmpty: true,
  });
  const mutants = await stryker.runMutationTest();
  const results = mutants.map(({ id, fileName, location, mutatorName, replacement, status }) => ({
    file: fileName,
    line: location.start.line,
    original: originalAt(fileName, location),
    mutator: mutatorName,
    replacement,
    status: statusOf(id, status),
  }));
  writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
} finally {
  await server?.stop();
}

/** @param {string} id @param {string} status */
function statusOf(id, status) {
  if (status !== 'Survived') return status;
  if (!isTried(id)) return 'NotTried';
  return specsThatReach(specs, id).length === 0 ? 'NoCoverage' : status;
}

/** @param {string} file @param {{ start: Position, end: Position }} location @returns {string} the code there */
function originalAt(file, { start, end }) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  return lines.join('\n').slice(start.column - 1);
}

/** @typedef {{ line: number, column: number }} Position both from 1 */
