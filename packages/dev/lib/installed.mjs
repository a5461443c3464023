import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from './paths.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/**
 * Whether a folder's node_modules holds what its package-lock.json asks for. npm itself writes down what it installed, in
 * node_modules/.package-lock.json and as its last act, so that an install by hand counts and one that was
 * broken off does not.
 *
 * @param {string} folder
 */
export function isInstalled(folder) {
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const present = packagesOf(join(folder, 'node_modules/.package-lock.json'));
  return Object.entries(wanted).every(([path, want]) => {
    const have = present[path];
    // The root itself is not listed; optional packages are left out where the platform is another.
    if (have === undefined) return path === '' || want.optional === true;
    return have.version === want.version && have.integrity === want.integrity;
  });
}

/** @param {string} lockFile @returns {Record<string, LockedPackage | undefined> & Record<string, LockedPackage>} */
function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(fromRoot(lockFile), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}
