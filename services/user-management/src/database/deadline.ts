import type { DataSource, QueryRunner } from 'typeorm';
import { DatabaseUnavailableError, isUnavailable, translated } from './database-errors.js';

/**
 * How long a query or a transaction may take, connection included. Clients are promised an answer within 3 s; the
 * rest is for what comes before, such as waiting for a password to be hashed.
 */
export const DEADLINE_MS = 2_000;

/** There was no connection, or no answer, in time. */
export class LateError extends Error {
  constructor() {
    super(`no answer within ${DEADLINE_MS} ms`);
  }
}

/**
 * Works with a query runner of TypeORM's for {@link DEADLINE_MS} at most.
 *
 * @throws DatabaseUnavailableError when that was not enough, or the database is away; SchemaNotReadyError when a table is missing
 */
export async function withinDeadline<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  if (!dataSource.isInitialized) throw new DatabaseUnavailableError(new Error('not connected yet'));
  const isMysql = dataSource.options.type === 'mysql';
  const runner = dataSource.createQueryRunner();
  let late = false;
  const isLate = (): boolean => late;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      late = true;
      reject(new DatabaseUnavailableError(new LateError()));
    }, DEADLINE_MS);
  });
  const result = (async () => {
    const connection = (await runner.connect()) as { destroy?: () => void } | undefined;
    if (isLate()) throw new Error('too late to begin');
    try {
      return await Promise.race([work(runner), deadline]);
    } catch (error) {
      // A connection that still waits for an answer can't be given to anybody else.
      if (isLate() || (isUnavailable(error) && isMysql)) connection?.destroy?.();
      throw error;
    }
  })().finally(() => (isMysql ? runner.release() : undefined));
  try {
    return await Promise.race([result, deadline]);
  } catch (error) {
    result.catch(() => undefined);
    throw translated(error);
  } finally {
    clearTimeout(timer);
  }
}
