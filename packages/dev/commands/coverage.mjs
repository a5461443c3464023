import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../lib/build.mjs';
import { hasDocker } from '../lib/docker.mjs';
import { ensureInstalled } from '../lib/install.mjs';
import { takeOverSignals } from '../lib/interruption.mjs';
import { runJest } from '../lib/jest.mjs';
import { findServiceNode } from '../lib/service-node.mjs';
import { say } from '../lib/terminal.mjs';

const USAGE = `npm run test:coverage -- [Jest's arguments]

Runs the unit and HTTP specs of the services and of service-kit once, with those on MySQL where Docker runs, and prints
what they reach of the source files, by V8's own count. Ends with 1 if a test failed.

  --help    prints this text

Examples:
  npm run test:coverage
  npm run test:coverage -- --selectProjects notification`;

const PROJECTS = ['service-kit', 'user-management', 'notification'];
const SOURCES = ['{services/*,packages/service-kit}/src/**/*.ts', '!**/*.spec.ts'];

/**
 * `npm run test:coverage`: prints what the tests reach of the services and of service-kit.
 *
 * @param {string[]} args passed on to Jest
 * @returns {Promise<number>} 1 if a test failed
 */
export default async function coverage(args) {
  if (args.includes('--help')) {
    say(USAGE);
    return 0;
  }
  const signal = takeOverSignals();
  await ensureInstalled(signal);
  await build({ signal });
  const node = await findServiceNode();
  const env = { ...process.env, TEST_DOCKER: (await hasDocker()) ? '1' : undefined };
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-coverage-'));
  const options = [
    ...(args.includes('--selectProjects') ? [] : ['--selectProjects', ...PROJECTS]),
    '--coverage',
    '--coverageReporters=text',
    `--coverageDirectory=${folder}`,
    ...SOURCES.map((pattern) => `--collectCoverageFrom=${pattern}`),
  ];
  try {
    const { code, counts } = await runJest(node, [...options, ...args], env, signal);
    say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
