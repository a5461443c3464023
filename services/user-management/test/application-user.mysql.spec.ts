import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@usermgmt/service-kit/config';
import { createSchema, testMysqlCa, type TestSchema } from '@usermgmt/testing/mysql';
import request from 'supertest';
import { migrateSchema } from '../src/commands/migrate-variables.js';
import { createDataSource } from '../src/database/data-source.js';
import { migrations } from '../src/database/migrations/index.js';
import { migrateAsConfigured } from '../src/commands/migrate-as-configured.js';
import { ready, startApplication, type TestApplication } from './support/application.js';
import { testConfig } from './support/config.js';
import { describeOnMysql, migrated } from './support/database.js';

const ADMIN = 'rds_like_admin';
const ADMIN_ROLE = 'rds_like_superuser_role';
const ADMIN_PASSWORD = 'of the "admin", \\ and \'more\'';

/**
 * What the role of RDS' master user may do, with the names of MySQL 8.4:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.CommonDBATasks.privilege-model.html
 */
const ADMIN_RIGHTS =
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, ' +
  'CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, ' +
  'CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, CREATE ROLE, DROP ROLE, APPLICATION_PASSWORD_ADMIN, ' +
  'ROLE_ADMIN, XA_RECOVER_ADMIN';

describeOnMysql('migrate with DB_ADMIN_USERNAME', () => {
  let root: TestSchema;
  let schema: TestSchema;
  let user: string;
  let folder: string;
  let said: string[];

  beforeAll(async () => {
    root = await createSchema();
    await root.connection.query(
      `CREATE ROLE ${ADMIN_ROLE};
       GRANT ${ADMIN_RIGHTS} ON *.* TO ${ADMIN_ROLE} WITH GRANT OPTION;
       CREATE USER ${ADMIN} IDENTIFIED BY ?;
       GRANT ${ADMIN_ROLE} TO ${ADMIN};
       SET DEFAULT ROLE ${ADMIN_ROLE} TO ${ADMIN}`,
      [ADMIN_PASSWORD],
    );
  });
  afterAll(async () => {
    await root.connection.query(`DROP USER ${ADMIN}; DROP ROLE ${ADMIN_ROLE}`);
    await root.drop();
  });
  beforeEach(async () => {
    schema = await createSchema();
    user = `application_${randomBytes(6).toString('hex')}`;
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-application-user-'));
    said = [];
    write('admin', ADMIN_PASSWORD);
    write('application', 'the "first", \\ and \'more\'');
  });
  afterEach(async () => {
    await root.connection.query(`DROP USER IF EXISTS '${user}'`);
    await schema.drop();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, password: string): void => {
    writeFileSync(join(folder, name), `${password}\n`);
  };
  /** What the service has. */
  const ofService = (changes: Record<string, string> = {}): Record<string, string> => {
    const { DB_PASSWORD: _, ...environment } = schema.environment;
    return { ...environment, DB_USERNAME: user, DB_PASSWORD_FILE: join(folder, 'application'), ...changes };
  };
  const run = (changes: Record<string, string> = {}): Promise<string[]> =>
    migrateAsConfigured(
      loadConfig(migrateSchema, {
        ...ofService(),
        DB_ADMIN_USERNAME: ADMIN,
        DB_ADMIN_PASSWORD_FILE: join(folder, 'admin'),
        MIGRATE_WAIT_SECONDS: '0',
        ...changes,
      }),
      (line) => said.push(line),
    );
  /** Runs one statement as the service's user. @returns MySQL's error code, or 'ok' */
  const asUser = async (sql: string, environment = ofService()): Promise<string> => {
    const dataSource = createDataSource(testConfig(environment));
    try {
      await dataSource.initialize();
      await dataSource.query(sql);
      return 'ok';
    } catch (error) {
      return String((error as { code?: string }).code);
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy();
    }
  };
  const grants = async (): Promise<string[]> => {
    const [rows] = await root.connection.query(`SHOW GRANTS FOR '${user}'`);
    return (rows as object[]).map((row) => String(Object.values(row)[0]));
  };
  const ownGrants = (): string[] => [
    `GRANT USAGE ON *.* TO \`${user}\`@\`%\``,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${schema.environment.DB_NAME.replace('_', '\\_')}\`.* TO \`${user}\`@\`%\``,
  ];

  describe('the user of the service', () => {
    it('is created, reads and writes its own schema, and changes no table', async () => {
      expect(await run()).toHaveLength(migrations.length);
      expect(said).toContain(`the user ${user} was created`);
      expect(await grants()).toEqual(ownGrants());
      expect(await asUser('SELECT COUNT(*) FROM users')).toBe('ok');
      expect(await asUser('DROP TABLE users')).toBe('ER_TABLEACCESS_DENIED_ERROR');
      expect(await asUser('CREATE TABLE other (id int)')).toBe('ER_TABLEACCESS_DENIED_ERROR');
      expect(await asUser('ALTER TABLE users ADD x int')).toBe('ER_TABLEACCESS_DENIED_ERROR');
    });

    it('reads no other schema, not even one that a wildcard would match, no user table, and creates no user', async () => {
      await run();
      const other = schema.environment.DB_NAME.replace('_', 'x');
      await root.connection.query(`CREATE DATABASE ${other}; CREATE TABLE ${other}.users (id int)`);
      try {
        expect(await asUser(`SELECT * FROM ${other}.users`)).toBe('ER_TABLEACCESS_DENIED_ERROR');
        expect(await asUser(`USE ${other}`)).toBe('ER_DBACCESS_DENIED_ERROR');
      } finally {
        await root.connection.query(`DROP DATABASE ${other}`);
      }
      expect(await asUser('SELECT * FROM mysql.user')).toBe('ER_TABLEACCESS_DENIED_ERROR');
      expect(await asUser("CREATE USER other IDENTIFIED BY 'x'")).toBe('ER_SPECIFIC_ACCESS_DENIED_ERROR');
      expect(await asUser(`GRANT SELECT ON *.* TO '${user}'`)).toBe('ER_ACCESS_DENIED_ERROR');
    });

    it('is created once by many runs at once, and not changed by the next', async () => {
      const results = await Promise.all([run(), run(), run()]);
      expect(results.flat()).toHaveLength(migrations.length);
      expect(said.filter((line) => line === `the user ${user} was created`)).toHaveLength(1);
      said = [];
      expect(await run()).toEqual([]);
      expect(said.slice(1)).toEqual([`the user ${user} is as it must be`]);
      expect(await grants()).toEqual(ownGrants());
    });

    it.each([
      ['the user', (name: string) => `CREATE USER '${name}' IDENTIFIED BY 'another'`],
      [
        'the user with more rights in its schema',
        (name: string, own: string) =>
          `CREATE USER '${name}' IDENTIFIED BY 'another'; GRANT ALL ON \`${own.replace('_', '\\_')}\`.* TO '${name}'`,
      ],
    ])('is completed after a run that left %s', async (_, left) => {
      await root.connection.query(left(user, schema.environment.DB_NAME));
      expect(await run()).toHaveLength(migrations.length);
      expect(await grants()).toEqual(ownGrants());
      expect(await asUser('SELECT COUNT(*) FROM users')).toBe('ok');
    });

    it('gets a schema that did not exist, whatever its name', async () => {
      const name = `made \`by\` _%_ ${user}`.slice(0, 60);
      try {
        expect(await run({ DB_NAME: name, MIGRATE_WAIT_SECONDS: '10' })).toHaveLength(migrations.length);
        expect(await asUser('SELECT COUNT(*) FROM users', ofService({ DB_NAME: name }))).toBe('ok');
      } finally {
        await root.connection.query(`DROP DATABASE IF EXISTS \`${name.replaceAll('`', '``')}\``);
      }
    });

    it('may log in over TLS only, where the service uses TLS', async () => {
      const ca = join(folder, 'ca.pem');
      writeFileSync(ca, await testMysqlCa());
      const tls = { DB_SSL: 'verify-ca', DB_SSL_CA: ca };
      await run(tls);
      expect(await asUser('SELECT 1', ofService(tls))).toBe('ok');
      expect(await asUser('SELECT 1')).toBe('ER_ACCESS_DENIED_ERROR');
      // And without again, once it is configured so.
      await run();
      expect(await asUser('SELECT 1')).toBe('ok');
    });
  });

  describe('what migrate refuses, in one line, before it changes anything', () => {
    const failure = async (changes: Record<string, string> = {}): Promise<string> =>
      run(changes).then(
        () => 'it did not fail',
        (error: unknown) => (error as Error).message,
      );
    const tables = async (): Promise<unknown> => (await schema.connection.query('SHOW TABLES'))[0];

    it.each([
      'GRANT SELECT ON `mysql`.* TO ',
      'GRANT RELOAD ON *.* TO ',
      'GRANT `' + ADMIN_ROLE + '`@`%` TO ',
      'GRANT USAGE ON *.* TO WITH GRANT OPTION',
    ])('is a user with rights outside of its schema, such as the master user: %s', async (grant) => {
      const [before = '', after = ''] = grant.split(/(?<= TO )/);
      const given = `${before}\`${user}\`@\`%\`${after && ` ${after}`}`;
      await root.connection.query(`CREATE USER '${user}' IDENTIFIED BY 'mine'; ${given}`);
      expect(await failure()).toBe(
        `DB_USER_HAS_OTHER_RIGHTS: ${user} has rights outside of the schema ${schema.environment.DB_NAME} ` +
          `(${given}): set another DB_USERNAME, or revoke them`,
      );
      expect(await tables()).toEqual([]);
      // Its password is the old one, and it has got no right in the schema.
      write('application', 'mine');
      expect(await asUser('SELECT 1')).toBe('ER_DBACCESS_DENIED_ERROR');
    });

    it('is an administrator who may create no users', async () => {
      const weak = `weak_${randomBytes(6).toString('hex')}`;
      await root.connection.query(
        `CREATE USER ${weak} IDENTIFIED BY 'weak'; GRANT ALL ON \`${schema.environment.DB_NAME}\`.* TO ${weak}`,
      );
      write('admin', 'weak');
      try {
        expect(await failure({ DB_ADMIN_USERNAME: weak })).toBe(
          `DB_USER_SETUP_FAILED: ${weak} cannot set up the user ${user} (ER_TABLEACCESS_DENIED_ERROR)`,
        );
      } finally {
        await root.connection.query(`DROP USER ${weak}`);
      }
      expect(await tables()).toEqual([]);
    });

    it('is a password of the administrator that is wrong', async () => {
      write('admin', 'wrong');
      expect(await failure()).toMatch(/^no database after \d s \(ER_ACCESS_DENIED_ERROR\)$/);
      expect(said).toEqual([`connecting as ${ADMIN}, to set up the user ${user}`]);
    });

    it('is a user who cannot log in', async () => {
      await root.connection.query(`CREATE USER '${user}' IDENTIFIED BY 'x' ACCOUNT LOCK`);
      expect(await failure()).toBe(
        `DB_USER_SETUP_FAILED: ${ADMIN} cannot set up the user ${user} (ER_ACCOUNT_HAS_BEEN_LOCKED)`,
      );
      expect(await tables()).toEqual([]);
    });
  });

  describe('a rotation while the service runs', () => {
    let service: TestApplication;
    beforeEach(async () => {
      await run();
      service = await startApplication(ofService());
      await ready(service.url);
    });
    afterEach(async () => {
      await service.app.close();
    });

    const status = async (): Promise<number> => (await request(service.url).get('/usermgmt/users')).status;
    /** Ends the connections of the service, so that the next request logs in again. */
    const endConnections = async (): Promise<void> => {
      const [rows] = await root.connection.query(
        'SELECT id FROM information_schema.processlist WHERE user = ?',
        [user],
      );
      for (const { id } of rows as { id: number }[]) await root.connection.query(`KILL ${id}`);
    };

    it('of the password of the administrator is not noticed by it', async () => {
      await root.connection.query(`ALTER USER ${ADMIN} IDENTIFIED BY 'rotated'`);
      try {
        await endConnections();
        expect(await status()).toBe(200);
        // The next migration has the new one.
        write('admin', 'rotated');
        expect(await run()).toEqual([]);
      } finally {
        await root.connection.query(`ALTER USER ${ADMIN} IDENTIFIED BY ?`, [ADMIN_PASSWORD]);
      }
    });

    it('of its own password, taken over by migrate first, loses no request: the old one stays valid', async () => {
      write('next', 'the second');
      await run({ DB_PASSWORD_FILE: join(folder, 'next') });
      expect(said).toContain(`the user ${user} has a new password; the one before stays valid`);
      await endConnections();
      expect(await status()).toBe(200);
      // A repeated run, as of a Job that was restarted, does not end the old one.
      await run({ DB_PASSWORD_FILE: join(folder, 'next') });
      await endConnections();
      expect(await status()).toBe(200);

      write('application', 'the second');
      await endConnections();
      expect(await status()).toBe(200);
      // The next rotation ends the one before the last.
      write('application', 'the third');
      await run();
      await endConnections();
      expect(await status()).toBe(200);
      write('application', 'the "first", \\ and \'more\'');
      expect(await asUser('SELECT 1')).toBe('ER_ACCESS_DENIED_ERROR');
    });

    it('of its own password, which reaches the service first, works again once migrate has run', async () => {
      write('application', 'the second');
      await endConnections();
      expect(await status()).toBe(503);
      await run();
      expect(await status()).toBe(200);
    });

    it('back to the password before takes nothing away', async () => {
      write('next', 'the second');
      await run({ DB_PASSWORD_FILE: join(folder, 'next') });
      await run();
      await endConnections();
      expect(await status()).toBe(200);
    });
  });

  it('is not needed: without it, DB_USERNAME makes the schema', async () => {
    const before = await grantsOfAll();
    await migrated(schema);
    expect(await grantsOfAll()).toEqual(before);
  });

  async function grantsOfAll(): Promise<unknown> {
    return (await root.connection.query('SELECT user, db FROM mysql.db ORDER BY user, db'))[0];
  }
});
