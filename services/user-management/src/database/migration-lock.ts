import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { privateSqlite } from './private-sqlite.js';

const FILE_RETRY_MS = 100;

/** How one migration command waits for another that is at work. */
export interface LockWait {
  seconds: number;
  /** How often it says so. */
  tellEverySeconds: number;
}

const LOCK_WAIT: LockWait = { seconds: 600, tellEverySeconds: 10 };

/** How {@link withMigrationLock} takes a lock. */
interface Lock {
  /** Tries to take it for so many seconds. */
  tryFor(seconds: number): Promise<boolean>;
  /** Says who holds it. */
  holder(): Promise<string>;
}

/**
 * Runs `work` while no other process migrates the same database. Both kinds
 * of lock end with the process that holds them; MySQL's also with the
 * connection, so that `work` gets that one and needs no second.
 *
 * @throws Error if another process holds the lock for too long
 */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  say: (line: string) => void,
  work: (runner: QueryRunner) => Promise<T>,
  wait: LockWait = LOCK_WAIT,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  if (dataSource.options.type === 'mysql') {
    try {
      await take(namedLock(runner), say, wait);
      return await work(runner);
    } finally {
      await runner.query('DO RELEASE_ALL_LOCKS()').catch(() => undefined);
      await runner.release();
    }
  }
  const file = openLockFile(dataSource);
  try {
    await take(fileLock(file, dataSource), say, wait);
    return await work(runner);
  } finally {
    file.close();
  }
}

async function take(lock: Lock, say: (line: string) => void, wait: LockWait): Promise<void> {
  if (await lock.tryFor(0)) return;
  for (let left = wait.seconds; left > 0; left -= wait.tellEverySeconds) {
    say(`another migration is at work (${await lock.holder()}); waiting for it, for ${left} s more at most`);
    if (await lock.tryFor(Math.min(left, wait.tellEverySeconds))) return;
  }
  throw new Error(`another migration held the lock for ${wait.seconds} s (${await lock.holder()})`);
}

function namedLock(runner: QueryRunner): Lock {
  const name = `CONCAT('migrate.', SHA2(DATABASE(), 224))`;
  return {
    async tryFor(seconds) {
      const [row] = (await runner.query(`SELECT GET_LOCK(${name}, ?) AS got`, [seconds])) as {
        got: number | null;
      }[];
      return Number(row?.got) === 1;
    },
    async holder() {
      const [row] = (await runner.query(`SELECT IS_USED_LOCK(${name}) AS id`)) as { id: number | null }[];
      return row === undefined || row.id === null ? 'it has just ended' : `connection ${row.id} of MySQL`;
    },
  };
}

interface SqliteDatabase {
  exec(sql: string): void;
  close(): void;
}

const lockFileOf = ({ options }: DataSource): string => `${String(options.database)}.lock`;

function openLockFile(dataSource: DataSource): SqliteDatabase {
  return new (privateSqlite())(lockFileOf(dataSource), { timeout: 0 }) as SqliteDatabase;
}

function fileLock(file: SqliteDatabase, dataSource: DataSource): Lock {
  return {
    async tryFor(seconds) {
      // Not by SQLite's own waiting: it stops the whole process.
      const end = Date.now() + seconds * 1_000;
      for (;;) {
        try {
          file.exec('BEGIN EXCLUSIVE');
          return true;
        } catch (error) {
          if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
          if (Date.now() >= end) return false;
          await sleep(FILE_RETRY_MS);
        }
      }
    },
    holder: () => Promise.resolve(`it holds ${lockFileOf(dataSource)}`),
  };
}
