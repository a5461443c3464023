import { unlinkSync } from 'node:fs';
import { Failure } from './failure.mjs';
import { isInstalled } from './installed.mjs';
import { npm } from './npm.mjs';
import { fromRoot } from './paths.mjs';
import { explainUnreachable, findRegistryProblem } from './registry.mjs';
import { runToEnd } from './run-to-end.mjs';
import { whileShowing } from './terminal.mjs';

const INSTALL = [
  'ci',
  '--loglevel=error',
  '--no-audit',
  '--no-fund',
  // Also when NODE_ENV=production is set: compilers and tests are development dependencies.
  '--include=dev',
  '--include=optional',
];

/**
 * Installs the packages of package-lock.json unless they are there.
 *
 * @param {AbortSignal} [signal]
 */
export async function ensureInstalled(signal) {
  if (isInstalled('.')) return;
  await whileShowing('installing packages', () => install('.', signal));
  await preferWorkingNode();
}

/**
 * The same for infra/, which has a lock file of its own so that nobody waits for the CDK who does not use it.
 *
 * @param {AbortSignal} [signal]
 */
export async function ensureInfraInstalled(signal) {
  if (isInstalled('infra')) return;
  await whileShowing('installing the packages of infra', () => install('infra', signal));
}

/** @param {string} folder @param {AbortSignal} [signal] */
async function install(folder, signal) {
  const unreachable = await findRegistryProblem(signal);
  // What npm has kept from earlier installs may be enough.
  const args = [...INSTALL, `--prefix=${fromRoot(folder)}`, ...(unreachable ? ['--offline'] : [])];
  const { code, output } = await npm(args, { signal });
  if (code !== 0) throw unreachable ?? explainUnreachable(output) ?? explain(output);
}

/** @param {string} output what npm printed */
function explain(output) {
  const log = /A complete log of this run can be found in: (.+)/.exec(output)?.[1];
  const reason = /npm error (?!code)(.+)/.exec(output)?.[1] ?? output.trim().split('\n')[0];
  return new Failure(`npm ci failed: ${reason}${log === undefined ? '' : `; npm's log: ${log}`}`);
}

/**
 * `npm run` finds node_modules/.bin/node before the machine's own Node. Where it cannot run (on Alpine, say)
 * it would break every command, so it goes.
 */
async function preferWorkingNode() {
  const packaged = fromRoot('node_modules/.bin/node');
  if ((await runToEnd(packaged, ['--version'])).code === 0) return;
  try {
    unlinkSync(packaged);
  } catch {
    // There is none for this platform.
  }
}
