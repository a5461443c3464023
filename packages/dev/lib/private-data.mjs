import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** For files that only their owner reads and writes. */
export const OWNER_ONLY = 0o600;

/**
 * Makes a folder, if it does not exist, and takes it and all that it holds from other users: databases and logs of
 * earlier versions were readable by all.
 *
 * @param {string} folder
 */
export function makePrivate(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) makePrivate(path);
    else if (stats.isFile()) chmodSync(path, OWNER_ONLY);
  }
}
