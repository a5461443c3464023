import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { TestSchema } from '@usermgmt/testing/mysql';
import { waitFor } from '@usermgmt/testing/wait';
import { createDataSource } from '../src/database/data-source.js';
import { migrations } from '../src/database/migrations/index.js';
import { runMigrations } from '../src/database/migration-run.js';
import { migrate } from '../src/database/migrator.js';
import { describeMigrate } from './migrate.contract.js';
import { testConfig } from './support/config.js';
import { connect, describeOnMysql, migrated, mysqlDatabase, type TestDatabase } from './support/database.js';
import { createJavaTable, javaUser } from './support/java-users.js';
import { insertUsers } from './support/rows.js';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';

/** For a MySQL that answers, but slowly when the machine is busy. */
const PATIENT_MS = 5_000;

describeOnMysql('migrate on MySQL', () => {
  describeMigrate(mysqlDatabase);
});

describeOnMysql('migrate and a database that is not there', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let said: string[];
  beforeEach(async () => {
    database = await mysqlDatabase();
    proxy = await startTcpProxy(Number(database.environment.DB_PORT), 'refuse');
    said = [];
  });
  afterEach(async () => {
    await proxy.stop();
    await database.drop();
  });

  const run = (waitMs: number, environment: Record<string, string> = {}): Promise<string[]> =>
    migrate(
      createDataSource(testConfig({ ...database.environment, DB_PORT: String(proxy.port), ...environment })),
      { waitMs, say: (line) => said.push(line) },
    );
  const message = (failing: Promise<unknown>): Promise<string> =>
    failing.then(
      () => 'it did not fail',
      (error: unknown) => (error as Error).message,
    );

  it('waits, tells so, and works once it is up', async () => {
    const running = run(60_000);
    await waitFor('the line', async () => said.length > 0);
    await proxy.set('pass');
    expect(await running).toHaveLength(migrations.length);
    expect(said[0]).toBe('waiting for the database (ECONNREFUSED), for 60 s more at most');
  });

  it.each(['refuse', 'hang'] as const)(
    'gives up in time, in one line: %s',
    async (mode) => {
      await proxy.set(mode);
      const text = await message(run(1_500));
      expect(text).toMatch(/^no database after \d s \((?:ECONNREFUSED|ETIMEDOUT)\)$/);
    },
    30_000,
  );

  it('gives up in one line that tells no password', async () => {
    await proxy.set('pass');
    const text = await message(run(PATIENT_MS, { DB_PASSWORD: 'wrong-password' }));
    expect(text).toMatch(/^no database after \d s \(ER_ACCESS_DENIED_ERROR\)$/);
  }, 30_000);

  it('makes the database that is missing on the server', async () => {
    await proxy.set('pass');
    const name = `made \`by\` migrate ${randomUUID()}`.slice(0, 60);
    const beside = await connect(database);
    try {
      expect(await run(PATIENT_MS, { DB_NAME: name })).toHaveLength(migrations.length);
      expect(await run(PATIENT_MS, { DB_NAME: name })).toEqual([]);
      // The connection without a database is closed like the others.
      const open = async (): Promise<unknown[]> =>
        beside.query(
          `SELECT id FROM information_schema.processlist
           WHERE user = ? AND id <> CONNECTION_ID() AND (db IS NULL OR db = ?)`,
          [database.environment.DB_USERNAME, name],
        );
      await waitFor('the end of all connections', async () => (await open()).length === 0);
    } finally {
      await beside.query(`DROP DATABASE \`${name.replaceAll('`', '``')}\``);
      await beside.destroy();
    }
  }, 30_000);
});

describeOnMysql('migrate with one connection', () => {
  let database: TestSchema;
  let said: string[];
  beforeEach(async () => {
    database = await mysqlDatabase();
    said = [];
  });
  afterEach(() => database.drop());

  it.each(['1', '200'])('works with DB_POOL_SIZE=%s, also many at once', async (size) => {
    const run = (): Promise<string[]> =>
      migrate(createDataSource(testConfig({ ...database.environment, DB_POOL_SIZE: size })), {
        waitMs: 0,
        say: (line) => said.push(line),
      });
    expect((await Promise.all([run(), run(), run()])).flat()).toHaveLength(migrations.length);
  });

  it('says at which statement it waits for a table that is locked, and ends', async () => {
    await createJavaTable(database.connection, [javaUser('jane')]);
    await database.connection.query('LOCK TABLES users READ');
    const dataSource = await connect(database);
    const runner = dataSource.createQueryRunner();
    try {
      const running = runMigrations(dataSource, runner, (line) => said.push(line), 2, 500);
      await expect(running).rejects.toThrow(
        /^another session kept a table locked for 2 s, at "LOCK TABLES users": end it /,
      );
    } finally {
      await database.connection.query('UNLOCK TABLES');
      await runner.release();
      await dataSource.destroy();
    }
    expect(said[0]).toMatch(
      /^at work on "LOCK TABLES users" \(a locked table is waited for 2 s at most\), for \d s now$/,
    );
  });
});

describeOnMysql('migrate in a database with another character set', () => {
  let database: TestSchema;
  beforeEach(async () => {
    database = await mysqlDatabase();
  });
  afterEach(() => database.drop());

  it('makes tables that keep text in any script', async () => {
    await database.connection.query(
      `ALTER DATABASE ${database.environment.DB_NAME} CHARACTER SET latin1 COLLATE latin1_swedish_ci`,
    );
    await migrated(database);
    const beside = await connect(database);
    try {
      const user = { username: 'Владимир', firstname: '😀', lastname: '山田' };
      await insertUsers(beside, [user]);
      expect(await beside.query('SELECT username, firstname, lastname FROM users')).toEqual([user]);
      const sets = await beside.query(
        `SELECT DISTINCT character_set_name AS name FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name IN ('users', 'outbox', 'refresh_tokens') AND character_set_name IS NOT NULL
         ORDER BY name`,
      );
      expect(sets).toEqual([{ name: 'utf8mb4' }]);
    } finally {
      await beside.destroy();
    }
  });
});

describeOnMysql('migrate after it was cut off', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await mysqlDatabase();
  });
  afterEach(() => database.drop());

  it('between its last step and the note that it had run, keeps the table', async () => {
    await migrated(database);
    const beside = await connect(database);
    await insertUsers(beside, [{ username: 'jane' }]);
    await beside.query('DELETE FROM migrations');
    await beside.query('CREATE TABLE users_java (x int)');
    await migrated(database);
    expect(await beside.query('SELECT username FROM users')).toEqual([{ username: 'jane' }]);
    expect(await beside.query("SHOW TABLES LIKE 'users\\_%'")).toEqual([]);
    await beside.destroy();
  });
});
