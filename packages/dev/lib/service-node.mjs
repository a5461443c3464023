import { readFileSync } from 'node:fs';
import { Failure } from './failure.mjs';
import { fromRoot } from './paths.mjs';
import { runToEnd } from './run-to-end.mjs';

/** The first version with `crypto.argon2`. */
const NEEDED = [24, 7];

const packageName = `node-${process.platform}-${process.arch}`;

/** @param {string} version e.g. `24.21.0` */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED;
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/** @param {string} because why the packaged Node does not help */
const tooOld = (because) =>
  new Failure(
    `the services need Node ${NEEDED.join('.')} or newer and this is ${process.versions.node}; ${because}: install Node 24 (https://nodejs.org), then run this again`,
  );

/** Fails early, before anything is installed, where no Node for the services can be had. */
export function expectServiceNode() {
  if (isNewEnough(process.versions.node)) return;
  const { optionalDependencies } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  if (!(packageName in optionalDependencies)) {
    throw tooOld(`npm has none for ${process.platform} on ${process.arch}`);
  }
}

/**
 * The Node to run services and tests on: this one, or the one that came with the packages.
 *
 * @returns {Promise<string>} the path of its binary
 */
export async function findServiceNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  expectServiceNode();
  const packaged = fromRoot('node_modules', packageName, 'bin/node');
  const { code, output } = await runToEnd(packaged, ['--version']);
  if (code !== 0 || !isNewEnough(output.trim().replace('v', ''))) {
    throw tooOld(`the one in node_modules/${packageName} does not run here`);
  }
  return packaged;
}
