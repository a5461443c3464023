import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createSchema, type TestSchema } from '@usermgmt/testing/mysql';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import type { RowDataPacket } from 'mysql2/promise';
import { AdoptionError } from '../src/database/adopt-java-users.js';
import { createDataSource } from '../src/database/data-source.js';
import { migrate } from '../src/database/migrator.js';
import { ready, startApplication } from './support/application.js';
import { testConfig } from './support/config.js';
import { describeOnMysql, migrated } from './support/database.js';
import { createJavaTable, everythingOf, javaUser, rowsOf, tablesOf } from './support/java-users.js';
import { startTcpProxy } from './support/tcp-proxy.js';
import { UsersApi } from './support/users-api.js';

const MANY = Array.from({ length: 10_000 }, (_, i) => javaUser(`user${i}`));

const AWKWARD = [
  javaUser('no at sign', { email: 'jane.example.com' }),
  javaUser('no role', { role: '' }),
  javaUser('trailing space '),
  javaUser('trailing space'),
  javaUser(' leading'),
  javaUser('tab\there', { firstname: 'a\r\nb', lastname: '' }),
  javaUser('😀'.repeat(20), { email: '😀@example.com' }),
  javaUser('José', { firstname: 'José', lastname: 'Ñandú', role: 'ROLE_ADMIN' }),
  javaUser('o brien'),
  javaUser('o´brien'),
  javaUser('Дмитрий'),
  javaUser('Дмитрии'),
  javaUser('\u200b\u200b\u200b'),
  javaUser('\uFDFA'.repeat(20)),
  javaUser('quo\'te\\"%_'),
  javaUser('longest address', { email: 'İ'.repeat(255) }),
  javaUser('longest key', { email: '\u{1D160}'.repeat(255) }),
  javaUser('longest texts', { role: 'r'.repeat(255), password: 'p'.repeat(255) }),
];

describeOnMysql('adopting the users of the Java original', () => {
  let schema: TestSchema;
  beforeEach(async () => {
    schema = await createSchema();
  });
  afterEach(() => schema.drop());

  const run = (environment: object = {}): Promise<string[]> =>
    migrate(createDataSource(testConfig({ ...schema.environment, ...environment })), {
      waitMs: 0,
      say: () => undefined,
    });
  const failure = async (): Promise<AdoptionError> => {
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AdoptionError);
    return error as AdoptionError;
  };

  it('keeps every row and column of 10,000 and more, in InnoDB, under unique keys', async () => {
    await createJavaTable(schema.connection, [...MANY, ...AWKWARD]);
    const before = await rowsOf(schema.connection);
    const begun = performance.now();
    await run();
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    process.stdout.write(`adoption of ${before.length} users: ${seconds} s\n`);

    expect(await rowsOf(schema.connection)).toEqual(before);
    expect(await tablesOf(schema.connection)).toEqual(['migrations', 'outbox', 'refresh_tokens', 'users']);
    const [[table]] = await schema.connection.query<RowDataPacket[]>('SHOW CREATE TABLE users');
    expect(table?.['Create Table']).toMatch(/PRIMARY KEY \(`username_key`\)/);
    expect(table?.['Create Table']).toMatch(/UNIQUE KEY `users_email_key` \(`email_key`\)/);
    expect(table?.['Create Table']).toMatch(/ENGINE=InnoDB/);
    expect(await run()).toEqual([]);
  });

  it('serves them', async () => {
    await createJavaTable(schema.connection, AWKWARD);
    await run();
    const { app, url } = await startApplication(schema.environment);
    await ready(url);
    const users = new UsersApi(url);
    const shown = await Promise.all(AWKWARD.map(async ({ username }) => (await users.get(username)).body));
    const list = await users.list();
    const taken = await users.signUp(newUser({ username: 'JOSE' }));
    await app.close();
    expect(shown).toEqual(
      AWKWARD.map(({ password, ...user }) => {
        expect(password).toBeDefined();
        return { ...user, appversion: null };
      }),
    );
    expect(list.body).toHaveLength(AWKWARD.length);
    expect(taken.body).toMatchObject({ code: 'USERNAME_TAKEN' });
  });

  it('stops with a list and changes nothing when keys collide; works when that is put right', async () => {
    await createJavaTable(schema.connection, [
      javaUser('ann', { email: 'Same@example.com' }),
      javaUser('bob', { email: 'same@EXAMPLE.com' }),
      javaUser('carl', { email: 'SAME@example.com' }),
      javaUser('dora', { email: 'dora@example.com' }),
      // The collation, of Unicode 9, does not know Georgian capitals.
      javaUser('გიორგი'),
      javaUser('ᲒᲘᲝᲠᲒᲘ'),
    ]);
    const before = await everythingOf(schema.connection);
    const { lines, message } = await failure();
    expect(lines).toEqual(['same username: "გიორგი", "ᲒᲘᲝᲠᲒᲘ"', 'same email: "ann", "bob", "carl"']);
    expect(message).toContain('nothing was changed');
    expect(await everythingOf(schema.connection)).toEqual(before);
    expect(await tablesOf(schema.connection)).toEqual(['migrations', 'users']);

    await schema.connection.query("DELETE FROM users WHERE username IN ('bob', 'carl', 'გიორგი')");
    const remaining = await rowsOf(schema.connection);
    await run();
    expect(await rowsOf(schema.connection)).toEqual(remaining);
  });

  it('lists fifty of many collisions and says that there are more', async () => {
    const pairs = Array.from({ length: 60 }, (_, i) => [
      javaUser(`first${i}`, { email: `pair${i}@example.com` }),
      javaUser(`second${i}`, { email: `PAIR${i}@example.com` }),
    ]);
    await createJavaTable(schema.connection, pairs.flat());
    const { lines } = await failure();
    expect(lines).toHaveLength(51);
    expect(lines[0]).toMatch(/^same email: "first(\d+)", "second\1"$/);
    expect(lines.at(-1)).toBe('same email: more than these');
  });

  it('lists twenty of many rows with one address and says how many more there are', async () => {
    const rows = Array.from({ length: 300 }, (_, i) =>
      javaUser(`a rather long name${100 + i}`.slice(-20), { email: 'same@example.com' }),
    );
    await createJavaTable(schema.connection, rows);
    const { lines } = await failure();
    expect(lines).toHaveLength(1);
    expect(lines[0]?.match(/"[^"]+"/g)).toHaveLength(20);
    expect(lines[0]).toMatch(/", and 280 more$/);
  });

  /** Changes the original's table, which expects to be refused, and gives the lines; nothing may have changed. */
  const linesAfter = async (sql: string): Promise<readonly string[]> => {
    await createJavaTable(schema.connection, [
      javaUser('ann', { email: 'private-ann@example.com' }),
      javaUser('bob'),
      javaUser('carl'),
    ]);
    await schema.connection.query(sql);
    const before = await tablesOf(schema.connection);
    const [checksum] = await schema.connection.query('CHECKSUM TABLE users EXTENDED');
    const { lines, message } = await failure();
    expect(message).toContain('nothing was changed');
    expect(message).toMatch(/\(see docs\/migrating-from-java\.md\) and run migrate again$/);
    expect(message).not.toContain('private-ann');
    expect((await tablesOf(schema.connection)).filter((name) => name !== 'migrations')).toEqual(before);
    expect((await schema.connection.query('CHECKSUM TABLE users EXTENDED'))[0]).toEqual(checksum);
    return lines;
  };

  it.each([
    ['email varchar(255) NULL', "SET email = NULL WHERE username = 'bob'", ['"bob": email is NULL']],
    [
      'password varchar(255) NULL, MODIFY role varchar(255) NULL',
      'SET password = NULL, role = NULL',
      ['ann', 'bob', 'carl'].map((name) => `"${name}": password is NULL, role is NULL`),
    ],
    ['enabled bit(1) NULL', "SET enabled = NULL WHERE username = 'ann'", ['"ann": enabled is NULL']],
    ['enabled int NOT NULL', "SET enabled = 2 WHERE username = 'ann'", ['"ann": enabled is neither 0 nor 1']],
    [
      'firstname text NOT NULL',
      "SET firstname = REPEAT('ä', 21) WHERE username = 'carl'",
      ['"carl": firstname has more than 20 characters'],
    ],
    [
      'email varchar(300) NOT NULL',
      "SET email = REPEAT('e', 256) WHERE username = 'carl'",
      ['"carl": email has more than 255 characters'],
    ],
    [
      'username varchar(100) NOT NULL',
      "SET username = REPEAT('n', 100) WHERE username = 'carl'",
      [`"${'n'.repeat(60)}…": username has more than 20 characters`],
    ],
    ['username varchar(20) NOT NULL', "SET username = '' WHERE username = 'carl'", ['"": username is empty']],
    [
      'username varchar(20) NULL, DROP PRIMARY KEY',
      "SET username = NULL WHERE username = 'carl'",
      ['a row without a name: username is NULL'],
    ],
    [
      'username varchar(20) NOT NULL, DROP PRIMARY KEY',
      "SET username = 'BOB' WHERE username = 'ann'",
      [expect.stringMatching(/^"(?:bob|BOB)": 2 rows have this username$/)],
    ],
  ])('names each row that does not fit, and the column: %s, %s', async (column, change, expected) => {
    expect(await linesAfter(`ALTER TABLE users MODIFY ${column}; UPDATE users ${change}`)).toEqual(expected);
  });

  it('lists fifty of many rows that do not fit', async () => {
    await createJavaTable(schema.connection, MANY.slice(0, 60));
    await schema.connection.query('ALTER TABLE users MODIFY email varchar(255) NULL');
    await schema.connection.query('UPDATE users SET email = NULL');
    const { lines } = await failure();
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('and more than these');
  });

  it.each([
    ['ALTER TABLE users DROP lastname', 'it has no column lastname'],
    ['ALTER TABLE users ADD phone varchar(9)', expect.stringMatching(/^its column phone would be lost: /)],
    ['ALTER TABLE users MODIFY username varbinary(20)', 'column username is varbinary, not text'],
    ['ALTER TABLE users MODIFY enabled varchar(5)', 'column enabled is varchar, not bit or a whole number'],
    [
      'ALTER TABLE users ENGINE=InnoDB; CREATE TABLE mails (u varchar(20) REFERENCES users (username))',
      expect.stringMatching(/^a foreign key of \w+\.mails points to it/),
    ],
    [
      'CREATE TRIGGER stamp BEFORE INSERT ON users FOR EACH ROW SET NEW.role = NEW.role',
      'its trigger stamp would be lost: drop it',
    ],
    ['CREATE TABLE users_java (x int)', expect.stringMatching(/^a table users_java is in the way/)],
  ])('takes no table that is another one: %s', async (sql, line) => {
    expect(await linesAfter(sql)).toEqual([line]);
  });

  it('takes no table and no view of something else', async () => {
    await schema.connection.query('CREATE TABLE users (id int PRIMARY KEY)');
    const { lines } = await failure();
    expect(lines).toEqual([
      ...['username', 'password', 'email', 'firstname', 'lastname', 'role', 'enabled'].map(
        (name) => `it has no column ${name}`,
      ),
      expect.stringMatching(/^its column id would be lost/),
    ]);
    await schema.connection.query('RENAME TABLE users TO other; CREATE VIEW users AS SELECT * FROM other');
    expect((await failure()).lines[0]).toBe('it is a view');
  });

  it('takes the same table in another charset', async () => {
    await createJavaTable(schema.connection, [javaUser('José', { firstname: 'Ñandú' })]);
    await schema.connection.query('ALTER TABLE users CONVERT TO CHARACTER SET latin1');
    const before = await rowsOf(schema.connection);
    await run();
    expect(await rowsOf(schema.connection)).toEqual(before);
  });

  it('works when a run before was cut off and left its table behind', async () => {
    await createJavaTable(schema.connection, AWKWARD);
    const before = await rowsOf(schema.connection);
    await schema.connection.query('CREATE TABLE users_new (username_key int)');
    await run();
    expect(await rowsOf(schema.connection)).toEqual(before);
    expect(await tablesOf(schema.connection)).toEqual(['migrations', 'outbox', 'refresh_tokens', 'users']);
  });

  it('changes nothing when it is cut off from the database on the way, and works the next time', async () => {
    await createJavaTable(schema.connection, MANY);
    const before = await everythingOf(schema.connection);
    const proxy = await startTcpProxy(Number(schema.environment.DB_PORT), 'pass');
    const running = run({ DB_PORT: String(proxy.port) }).catch((error: unknown) => error);
    await waitFor(
      'the copy',
      async () => (await tablesOf(schema.connection)).includes('users_new'),
      10_000,
      1,
    );
    await proxy.stop();
    expect(await running).toBeInstanceOf(Error);
    expect(await everythingOf(schema.connection)).toEqual(before);

    await migrated(schema);
    expect(await tablesOf(schema.connection)).toEqual(['migrations', 'outbox', 'refresh_tokens', 'users']);
    expect(await rowsOf(schema.connection)).toEqual((before as { rows: unknown[] }).rows);
  });
});
