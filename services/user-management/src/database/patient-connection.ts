import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { isUnavailable } from './database-errors.js';
import { databaseReason } from './database-reason.js';
import { telling } from './telling.js';

const RETRY_MS = 1_000;
const PROGRESS_MS = 5_000;

/** How patient a command is. */
export interface Patience {
  /** How long to wait for what is not there yet, in ms. */
  waitMs: number;
  /** Where progress goes, a line each. */
  say: (line: string) => void;
}

/**
 * Connects to a database that may not be up yet.
 *
 * @param onMissing called when the server is up but has no such database
 * @throws Error when it does not answer within `waitMs`
 */
export async function connectPatiently(
  dataSource: DataSource,
  patience: Patience,
  onMissing: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await patiently('no database', 'the database', dataSource, patience, async () => {
    try {
      await dataSource.initialize();
    } catch (error) {
      if ((error as { code?: string }).code === 'ER_BAD_DB_ERROR') await onMissing();
      throw error;
    }
  });
}

/**
 * Tries again each second until it works.
 *
 * @param failure what is said when the time is over
 * @param waitedFor what is said meanwhile
 * @throws Error with `failure` and the last reason; at once, if it will not get better
 */
export async function patiently(
  failure: string,
  waitedFor: string,
  dataSource: DataSource,
  { waitMs, say }: Patience,
  attempt: () => Promise<void>,
): Promise<void> {
  const begun = Date.now();
  let told = begun - PROGRESS_MS;
  for (;;) {
    try {
      await telling(say, () => `waiting for an answer of ${waitedFor}`, attempt);
      return;
    } catch (error) {
      const reason = databaseReason(error, dataSource);
      const waited = Date.now() - begun;
      // A wrong password will not get better; MySQL says the same of a user that is still being made.
      if (!isNotNow(error) || waited >= waitMs) {
        throw new Error(`${failure} after ${Math.round(waited / 1000)} s (${reason})`, { cause: error });
      }
      if (Date.now() - told >= PROGRESS_MS) {
        told = Date.now();
        const left = Math.round((waitMs - waited) / 1000);
        say(`waiting for ${waitedFor} (${reason}), for ${left} s more at most`);
      }
      await sleep(RETRY_MS);
    }
  }
}

const isNotNow = (error: unknown): boolean => error instanceof UnavailableError || isUnavailable(error);
