import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { isUnavailable } from './database-errors.js';
import { withMigrationLock } from './migration-lock.js';

const RETRY_MS = 1_000;
const PROGRESS_MS = 5_000;

/** What {@link migrate} needs besides the data source. */
export interface MigrateOptions {
  /** How long to wait for a database that is not up yet, in ms. */
  waitMs: number;
  /** Where progress goes, a line each. */
  say: (line: string) => void;
}

/**
 * Brings the schema to this version. Any number may run at once: one works,
 * the others wait for it and find nothing to do.
 *
 * @returns the names of the migrations that this call ran
 * @throws Error when the database is not up within `waitMs`, or a migration fails
 */
export async function migrate(dataSource: DataSource, options: MigrateOptions): Promise<string[]> {
  await connect(dataSource, options);
  try {
    return await withMigrationLock(dataSource, options.say, async () => {
      const pending = await dataSource.runMigrations({ transaction: 'each' });
      return pending.map(({ name }) => name);
    });
  } finally {
    await dataSource.destroy();
  }
}

async function connect(dataSource: DataSource, { waitMs, say }: MigrateOptions): Promise<void> {
  const begun = Date.now();
  let told = begun - PROGRESS_MS;
  for (;;) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      const reason = (error as { code?: string }).code ?? (error as Error).message;
      const waited = Date.now() - begun;
      // A wrong password will not get better; MySQL says the same of a user that is still being made.
      if (!isUnavailable(error) || waited >= waitMs) {
        throw new Error(`no database after ${Math.round(waited / 1000)} s (${reason})`, { cause: error });
      }
      if (Date.now() - told >= PROGRESS_MS) {
        told = Date.now();
        say(
          `waiting for the database (${reason}), for ${Math.round((waitMs - waited) / 1000)} s more at most`,
        );
      }
      await sleep(RETRY_MS);
    }
  }
}
