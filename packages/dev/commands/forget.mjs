import { existsSync, rmSync, statSync } from 'node:fs';
import { ensureNotRunning } from '../lib/lock.mjs';
import { DATA_FOLDER, SQLITE_FILE } from '../lib/paths.mjs';
import { say } from '../lib/terminal.mjs';

/** `npm run forget`: deletes what `npm start` and `npm run dev` keep. */
export default async function forget() {
  ensureNotRunning();
  if (!existsSync(DATA_FOLDER)) {
    say(`nothing to forget: there is no ${DATA_FOLDER}`);
    return 0;
  }
  const database = existsSync(SQLITE_FILE)
    ? `the database (${Math.ceil(statSync(SQLITE_FILE).size / 1024)} kB)`
    : 'no database';
  rmSync(DATA_FOLDER, { recursive: true });
  say(`deleted ${DATA_FOLDER}: ${database} and the logs`);
  return 0;
}
