import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { telling } from './telling.js';

/** How long a statement of a migration waits for a table that another session keeps locked, in seconds. */
const TABLE_LOCK_SECONDS = 600;

/**
 * Runs the migrations that have not been run, on one connection. Reports every 10 s which statement is at work.
 *
 * @returns their names
 * @throws what a migration throws; Error when another session keeps a table locked for too long
 */
export async function runMigrations(
  dataSource: DataSource,
  runner: QueryRunner,
  say: (line: string) => void,
  tableLockSeconds = TABLE_LOCK_SECONDS,
  tellEveryMs?: number,
): Promise<string[]> {
  const statement = followStatements(runner);
  const isMysql = dataSource.options.type === 'mysql';
  // MySQL itself would wait for a year.
  if (isMysql) await runner.query(`SET SESSION lock_wait_timeout = ${tableLockSeconds}`);
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'each';
  const what = (): string =>
    `at work on "${statement()}" (a locked table is waited for ${tableLockSeconds} s at most)`;
  try {
    const ran = await telling(say, what, () => executor.executePendingMigrations(), tellEveryMs);
    return ran.map(({ name }) => name);
  } catch (error) {
    const { code } = (error as { driverError?: { code?: string } }).driverError ?? {};
    if (code !== 'ER_LOCK_WAIT_TIMEOUT') throw error;
    throw new Error(
      `another session kept a table locked for ${tableLockSeconds} s, at "${statement()}": ` +
        'end it (SHOW PROCESSLIST) and run migrate again',
      { cause: error },
    );
  }
}

/** @returns the first words of the statement that was begun last: verb and table, no value */
function followStatements(runner: QueryRunner): () => string {
  let last = '';
  const query = runner.query.bind(runner);
  runner.query = ((sql: string, ...others: never[]) => {
    if (!/^\s*(?:ROLLBACK|UNLOCK|DROP TABLE IF EXISTS)/i.test(sql)) last = sql;
    return query(sql, ...others);
  }) as typeof runner.query;
  return () => last.trim().split(/\s+/).slice(0, 3).join(' ');
}
