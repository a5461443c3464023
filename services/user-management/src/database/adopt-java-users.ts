import type { QueryRunner } from 'typeorm';
import { emailKey, usernameKey } from '../users/user-key.js';
import { MOST_TOLD, rowProblems, tableProblems } from './java-users-check.js';

const BATCH_ROWS = 1_000;
/** Of one group of rows with the same key. */
const MOST_NAMES_TOLD = 20;

interface JavaUser {
  username: string;
  password: string;
  email: string;
  firstname: string;
  lastname: string;
  role: string;
  enabled: number;
}

/** Thrown when the table of the original can't become ours as it is; nothing was changed. */
export class AdoptionError extends Error {
  /**
   * @param because what the lines are, such as `these rows collide`
   * @param lines one for each row, or group of rows
   * @param advice what to do
   */
  constructor(
    because: string,
    readonly lines: readonly string[],
    advice: string,
  ) {
    super(
      `the users of the Java service can't be adopted, and nothing was changed, because ${because}:\n` +
        lines.map((line) => `  ${line}`).join('\n') +
        `\n${advice} (see docs/migrating-from-java.md) and run migrate again`,
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
 * @throws AdoptionError if the table is another one, a row does not fit, or names or addresses collide
 */
export async function adoptJavaUsers(
  runner: QueryRunner,
  create: (table: string, options: { engine: string }) => string,
  complete: (table: string) => string,
): Promise<void> {
  refuse(
    'the table users is not the one that the original made',
    await tableProblems(runner),
    'put this right',
  );
  await runner.query('DROP TABLE IF EXISTS users_new');
  // With GTIDs no lock may mix engines, so the copy has the old one until it is complete.
  await runner.query(create('users_new', { engine: await engineOfUsers(runner) }));
  await runner.query('LOCK TABLES users WRITE, users_new WRITE');
  try {
    refuse('these rows do not fit', await rowProblems(runner), 'change or delete them');
    await copyAll(runner);
    const collisions = [
      ...(await collisionsOf(runner, 'username')),
      ...(await collisionsOf(runner, 'email')),
    ];
    refuse('these rows collide', collisions, 'change or delete all but one of each');
    await compareCounts(runner);
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

/** @throws AdoptionError if there are lines */
function refuse(because: string, lines: readonly string[], advice: string): void {
  if (lines.length > 0) throw new AdoptionError(because, lines, advice);
}

/** @throws Error if the copy has not all rows, for whatever reason: the original is dropped after this */
async function compareCounts(runner: QueryRunner): Promise<void> {
  const count = async (table: string): Promise<number> => {
    const [row] = (await runner.query(`SELECT COUNT(*) AS count FROM ${table}`)) as { count: number }[];
    return Number(row?.count);
  };
  const [before, after] = [await count('users'), await count('users_new')];
  if (before !== after) throw new Error(`only ${after} of ${before} users were copied; nothing was changed`);
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
    `SELECT /*+ SET_VAR(group_concat_max_len = 100000000) */ COUNT(*) AS count,
       SUBSTRING_INDEX(GROUP_CONCAT(JSON_QUOTE(username) ORDER BY username SEPARATOR '\\n'), '\\n', ${MOST_NAMES_TOLD}) AS names
     FROM users_new GROUP BY ${field}_key HAVING COUNT(*) > 1 LIMIT ${MOST_TOLD + 1}`,
  )) as { count: number; names: string }[];
  const told = groups.slice(0, MOST_TOLD).map(({ count, names }) => {
    const others = count > MOST_NAMES_TOLD ? `, and ${count - MOST_NAMES_TOLD} more` : '';
    return `same ${field}: ${names.replaceAll('\n', ', ')}${others}`;
  });
  return groups.length > told.length ? [...told, `same ${field}: more than these`] : told;
}
