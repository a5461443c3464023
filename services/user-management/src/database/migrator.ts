import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { withMigrationLock } from './migration-lock.js';
import { runMigrations } from './migration-run.js';
import { connectPatiently, type Patience } from './patient-connection.js';
import { versionProblem } from './server-version.js';

/**
 * Brings the schema to this version, in a database that it makes if there is none. Any number may run at once: one
 * works, the others wait for it and find nothing to do.
 *
 * @param prepare run before the migrations, under the same lock
 * @returns the names of the migrations that this call ran
 * @throws Error when the database is not up within `waitMs` or is too old, or a migration fails
 */
export async function migrate(
  dataSource: DataSource,
  options: Patience,
  prepare: (runner: QueryRunner) => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  await connectPatiently(dataSource, options, () => createDatabase(dataSource));
  try {
    const problem = dataSource.options.type === 'mysql' && versionProblem(dataSource.driver.version ?? '');
    if (problem) throw new Error(problem);
    return await withMigrationLock(dataSource, options.say, async (runner) => {
      await prepare(runner);
      return runMigrations(dataSource, runner, options.say);
    });
  } finally {
    await dataSource.destroy();
  }
}

/** Makes the database that is missing on a server, if the user may; if not, somebody else has to, and is waited for. */
async function createDatabase({ driver, options }: DataSource): Promise<void> {
  // The options of the driver: only they have a password that is in a file.
  const elsewhere = { ...driver.options, database: undefined, entities: [], migrations: [] };
  const server = new DataSource(elsewhere as unknown as DataSourceOptions);
  try {
    await server.initialize();
    await server.query(`CREATE DATABASE IF NOT EXISTS \`${String(options.database).replaceAll('`', '``')}\``);
  } catch {
    // The connection, tried again, says what is wrong.
  } finally {
    if (server.isInitialized) await server.destroy();
  }
}
