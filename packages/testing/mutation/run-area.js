// `node run-area.js AREA FOLDER CONCURRENCY EVERY [PATTERN…]`: mutation-tests one area, every EVERYth mutant of it, and
// writes FOLDER/results.jsonl. `npm run test:mutation` starts it as the leader of a process group; SIGTERM ends the group.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { AREAS } from './areas.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Processor time of a mutant: one that takes more loops without end. It does not depend on what else the machine does. */
const MOST_CPU_SECONDS = 60;
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
  MUTATION_RESULTS: join(folder, 'results.jsonl'),
  TMPDIR: folder,
  NODE_NO_WARNINGS: '1',
});

const server = mysql ? await (await import('../src/mysql.ts')).startMysql() : undefined;
if (server) {
  process.env.TEST_MYSQL_PORT = String(server.port);
  process.env.TEST_MYSQL_PROJECT = server.project;
}
// All at once: Stryker has a listener too, which ends this process.
process.once('SIGTERM', () => {
  if (server) spawnSync('docker', ['compose', '-p', server.project, 'down', '-v', '--timeout', '1']);
  process.kill(-process.pid, 'SIGKILL');
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
    plugins: ['texts.js', 'results.js'].map((file) => fileURLToPath(new URL(file, import.meta.url))),
    ignorers: ['texts'],
    ignorePatterns: ['infra', 'k8s', '.data', 'coverage', '**/dist', '**/.turbo'],
    tempDirName: join(folder, 'copy'),
    cleanTempDir: 'always',
    concurrency: Number(concurrency),
    timeoutMS: TIMEOUT_MS,
    dryRunTimeoutMinutes: 30,
    reporters: ['progress-append-only', 'results'],
    logLevel: 'warn',
    allowEmpty: true,
  });
  await stryker.runMutationTest();
} finally {
  await server?.stop();
}
