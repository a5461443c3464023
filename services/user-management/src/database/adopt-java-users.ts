import type { QueryRunner } from 'typeorm';
import { emailKey, usernameKey } from '../users/user-key.js';

const BATCH_ROWS = 1_000;
const MOST_COLLISIONS_TOLD = 50;

interface JavaUser {
  username: string;
  password: string;
  email: string;
  firstname: string;
  lastname: string;
  role: string;
  enabled: number;
}

/** Thrown when rows of the original would be one row under the new keys; nothing was changed. */
export class AdoptionError extends Error {
  constructor(readonly collisions: readonly string[]) {
    super(
      `the users of the Java service can't be adopted, and nothing was changed, because these rows collide:\n` +
        collisions.map((line) => `  ${line}`).join('\n') +
        `\nchange or delete all but one of each (see docs/migrating-from-java.md) and run migrate again`,
    );
    this.name = 'AdoptionError';
  }
}

/** Whose `users` is there: without our key column, Hibernate made it. */
export async function usersTable(runner: QueryRunner): Promise<'none' | 'java' | 'ours'> {
  const columns = (await runner.query(
    `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users'`,
  )) as { name: string }[];
  if (columns.length === 0) return 'none';
  return columns.some(({ name }) => name === 'username_key') ? 'ours' : 'java';
}

/**
 * Copies the table that Hibernate made (MyISAM, so not transactional) into a
 * new one and swaps the two in one step, under a lock that keeps a Java
 * service that still runs from writing in between. Every row is kept as it is.
 *
 * @throws AdoptionError if names or addresses collide
 */
export async function adoptJavaUsers(
  runner: QueryRunner,
  create: (table: string, options: { engine: string }) => string,
  complete: (table: string) => string,
): Promise<void> {
  await runner.query('DROP TABLE IF EXISTS users_new');
  // With GTIDs no lock may mix engines, so the copy has the old one until it is complete.
  await runner.query(create('users_new', { engine: await engineOfUsers(runner) }));
  await runner.query('LOCK TABLES users WRITE, users_new WRITE');
  try {
    await copyAll(runner);
    const collisions = [
      ...(await collisionsOf(runner, 'username')),
      ...(await collisionsOf(runner, 'email')),
    ];
    if (collisions.length > 0) throw new AdoptionError(collisions);
    await runner.query(complete('users_new'));
    await runner.query('RENAME TABLE users TO users_java, users_new TO users');
  } catch (error) {
    await runner.query('UNLOCK TABLES');
    await runner.query('DROP TABLE IF EXISTS users_new');
    throw error;
  }
  await runner.query('UNLOCK TABLES');
  await runner.query('DROP TABLE users_java');
}

async function engineOfUsers(runner: QueryRunner): Promise<string> {
  const [table] = (await runner.query(
    `SELECT ENGINE AS engine FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users'`,
  )) as { engine: string }[];
  return table?.engine ?? 'InnoDB';
}

async function copyAll(runner: QueryRunner): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const rows = (await runner.query(
      `SELECT username, password, email, firstname, lastname, role, enabled + 0 AS enabled FROM users
       ${after === undefined ? '' : 'WHERE username > ?'} ORDER BY username LIMIT ${BATCH_ROWS}`,
      after === undefined ? [] : [after],
    )) as JavaUser[];
    if (rows.length > 0) {
      await runner.query(
        `INSERT INTO users_new
           (username_key, username, password, email_key, email, firstname, lastname, role, enabled) VALUES ?`,
        [
          rows.map((row) => [
            usernameKey(row.username),
            row.username,
            row.password,
            emailKey(row.email),
            row.email,
            row.firstname,
            row.lastname,
            row.role,
            row.enabled,
          ]),
        ],
      );
    }
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.username;
  }
}

async function collisionsOf(runner: QueryRunner, field: 'username' | 'email'): Promise<string[]> {
  const groups = (await runner.query(
    `SELECT GROUP_CONCAT(JSON_QUOTE(username) ORDER BY username SEPARATOR ', ') AS names
     FROM users_new GROUP BY ${field}_key HAVING COUNT(*) > 1 LIMIT ${MOST_COLLISIONS_TOLD + 1}`,
  )) as { names: string }[];
  const told = groups.slice(0, MOST_COLLISIONS_TOLD).map(({ names }) => `same ${field}: ${names}`);
  return groups.length > told.length ? [...told, `same ${field}: more than these`] : told;
}
