import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from './failure.mjs';
import { lastLogLines } from './log-tail.mjs';
import { logFileOf } from './paths.mjs';
import { OWNER_ONLY } from './private-data.mjs';
import { runToEnd } from './run-to-end.mjs';

/** The command that brings a database to the version that user-management expects. */
export const MIGRATE_SCRIPT = 'services/user-management/dist/migrate.js';

/**
 * Runs the migrations before user-management starts; what they print goes to a log file.
 *
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env user-management's
 * @param {AbortSignal} signal
 */
export async function migrateQuietly(node, env, signal) {
  const file = logFileOf('migrate');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { code, output } = await runToEnd(node, [MIGRATE_SCRIPT], { env, signal });
  writeFileSync(file, output, { mode: OWNER_ONLY });
  if (code !== 0) throw new Failure(`migrate ended with code ${code}`, lastLogLines('migrate'));
}
