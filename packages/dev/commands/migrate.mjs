import { build, SERVICES_ONLY } from '../lib/build.mjs';
import { MIGRATE_VARIABLES, passedOn } from '../lib/environment.mjs';
import { ensureInstalled } from '../lib/install.mjs';
import { MIGRATE_SCRIPT } from '../lib/migrate.mjs';
import { DATA_FOLDER, SQLITE_FILE } from '../lib/paths.mjs';
import { makePrivate } from '../lib/private-data.mjs';
import { runToEnd } from '../lib/run-to-end.mjs';
import { findServiceNode } from '../lib/service-node.mjs';

/**
 * `npm run migrate`: brings the database that the environment names to this version; without DB_HOSTNAME
 * the one of `npm start`.
 *
 * @param {string[]} args passed on, e.g. `--help`
 */
export default async function migrate(args) {
  await ensureInstalled();
  await build({ args: SERVICES_ONLY });
  makePrivate(DATA_FOLDER);
  const env = {
    ...passedOn(process.env, MIGRATE_VARIABLES),
    SQLITE_FILE: process.env.SQLITE_FILE || SQLITE_FILE,
  };
  const { code } = await runToEnd(await findServiceNode(), [MIGRATE_SCRIPT, ...args], { env, show: true });
  return code;
}
