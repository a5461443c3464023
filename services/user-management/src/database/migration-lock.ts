import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { privateSqlite } from './private-sqlite.js';

/** How long one migration command waits for another that is at work, in seconds. */
const LOCK_SECONDS = 600;
const FILE_RETRY_MS = 100;

/**
 * Runs `work` while no other process migrates the same database. Both kinds
 * of lock end with the process that holds them.
 */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  return dataSource.options.type === 'mysql'
    ? withNamedLock(dataSource, say, work)
    : withFileLock(dataSource, say, work);
}

/** @param tryFor tries to take the lock for so many seconds */
async function take(
  tryFor: (seconds: number) => Promise<boolean>,
  say: (line: string) => void,
): Promise<void> {
  if (await tryFor(0)) return;
  say('another migration is at work; waiting for it');
  if (!(await tryFor(LOCK_SECONDS))) throw new Error(`another migration held the lock for ${LOCK_SECONDS} s`);
}

async function withNamedLock<T>(
  dataSource: DataSource,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const tryFor = async (seconds: number): Promise<boolean> => {
    const sql = `SELECT GET_LOCK(CONCAT('migrate.', SHA2(DATABASE(), 224)), ?) AS got`;
    const [row] = (await runner.query(sql, [seconds])) as { got: number | null }[];
    return Number(row?.got) === 1;
  };
  try {
    await take(tryFor, say);
    return await work();
  } finally {
    await runner.query('DO RELEASE_ALL_LOCKS()').catch(() => undefined);
    await runner.release();
  }
}

interface SqliteDatabase {
  exec(sql: string): void;
  close(): void;
}

async function withFileLock<T>(
  dataSource: DataSource,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const file = `${String(dataSource.options.database)}.lock`;
  const lock = new (privateSqlite())(file, { timeout: 0 }) as SqliteDatabase;
  const tryFor = async (seconds: number): Promise<boolean> => {
    // Not by SQLite's own waiting: it stops the whole process.
    const end = Date.now() + seconds * 1_000;
    for (;;) {
      try {
        lock.exec('BEGIN EXCLUSIVE');
        return true;
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
        if (Date.now() >= end) return false;
        await sleep(FILE_RETRY_MS);
      }
    }
  };
  try {
    await take(tryFor, say);
    return await work();
  } finally {
    lock.close();
  }
}
