import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = resolve(fileURLToPath(new URL('../../..', import.meta.url)));

/** What the local services keep; `npm run forget` deletes it. */
export const DATA_FOLDER = join(ROOT, '.data');

/** The embedded database of user-management. */
export const SQLITE_FILE = join(DATA_FOLDER, 'usermgmt.sqlite');

/** @param {string} name a process's name */
export const logFileOf = (name) => join(DATA_FOLDER, 'logs', `${name}.log`);

/** @param {string[]} parts of a path below the root */
export const fromRoot = (...parts) => join(ROOT, ...parts);
