import { createRequire } from 'node:module';
import type { DataSource } from 'typeorm';

/** How long one migration command waits for another that is at work, in seconds. */
const LOCK_SECONDS = 600;

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
    : withFileLock(dataSource, work);
}

async function withNamedLock<T>(
  dataSource: DataSource,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const lock = async (seconds: number): Promise<boolean> => {
    const sql = `SELECT GET_LOCK(CONCAT('migrate.', SHA2(DATABASE(), 224)), ?) AS got`;
    const [row] = (await runner.query(sql, [seconds])) as { got: number | null }[];
    return Number(row?.got) === 1;
  };
  try {
    if (!(await lock(0))) {
      say('another migration is at work; waiting for it');
      if (!(await lock(LOCK_SECONDS)))
        throw new Error(`another migration held the lock for ${LOCK_SECONDS} s`);
    }
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

async function withFileLock<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const Libsql = createRequire(import.meta.url)('libsql') as new (
    file: string,
    options: object,
  ) => SqliteDatabase;
  const lock = new Libsql(`${String(dataSource.options.database)}.lock`, { timeout: LOCK_SECONDS * 1_000 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return await work();
  } finally {
    lock.close();
  }
}
