import mysql, { type Connection } from 'mysql2/promise';
import { ROOT_PASSWORD } from '../../src/mysql.ts';
import { runCommand } from '../../src/process.ts';
import { username } from './plan.ts';

const ROWS_AT_ONCE = 5_000;
const COLUMNS = 'username_key, username, password, email_key, email, firstname, lastname, role, enabled';

/** The variables by which a server finds a schema. */
export function databaseVariables(port: number, schema: string): Record<string, string> {
  return {
    DB_HOSTNAME: '127.0.0.1',
    DB_PORT: String(port),
    DB_NAME: schema,
    DB_USERNAME: 'root',
    DB_PASSWORD: ROOT_PASSWORD,
  };
}

/**
 * Makes a schema for each variant, with the same users in it.
 *
 * @param stops gets what removes them
 * @returns the schemas, by the names of the variants
 */
export async function fillSchemas(
  port: number,
  variants: readonly string[],
  users: number,
  stops: (() => unknown)[],
): Promise<ReadonlyMap<string, string>> {
  const schemas = variants.map((_, n) => `price_${process.pid}_${n}`);
  const [first = ''] = schemas;
  await withConnection(port, async (connection) => {
    for (const schema of schemas) await connection.query(`CREATE DATABASE ${schema}`);
    stops.push(() =>
      withConnection(port, async (later) => {
        for (const schema of schemas) await later.query(`DROP DATABASE IF EXISTS ${schema}`);
      }),
    );
    const migrated = await runCommand('migrate', [], databaseVariables(port, first));
    if (migrated.code !== 0) throw new Error(migrated.output);
    await fill(connection, first, users);
    for (const schema of schemas.slice(1)) {
      for (const table of ['users', 'outbox', 'migrations']) {
        await connection.query(`CREATE TABLE ${schema}.${table} LIKE ${first}.${table}`);
        await connection.query(`INSERT INTO ${schema}.${table} SELECT * FROM ${first}.${table}`);
      }
    }
    for (const schema of schemas) await connection.query(`ANALYZE TABLE ${schema}.users`);
  });
  return new Map(variants.map((name, n) => [name, schemas[n] ?? '']));
}

/** Deletes what was created since {@link fillSchemas}: each round begins with the same rows. */
export async function forgetCreated(port: number, schemas: Iterable<string>): Promise<void> {
  await withConnection(port, async (connection) => {
    for (const schema of schemas) {
      await connection.query(`DELETE FROM ${schema}.users WHERE username NOT RLIKE '^user[0-9]{8}$'`);
      await connection.query(`TRUNCATE TABLE ${schema}.outbox`);
    }
  });
}

async function withConnection(port: number, use: (connection: Connection) => Promise<void>): Promise<void> {
  const account = { user: 'root', password: ROOT_PASSWORD };
  const connection = await mysql.createConnection({ host: '127.0.0.1', port, ...account });
  try {
    await use(connection);
  } finally {
    await connection.end();
  }
}

async function fill(connection: Connection, schema: string, users: number): Promise<void> {
  for (let from = 0; from < users; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, users - from) }, (_, n) => {
      const name = username(from + n);
      const email = `${name}@example.com`;
      return [name, name, 'x'.repeat(97), email, email, 'First', 'Last', 'ROLE_USER', 1];
    });
    await connection.query(`INSERT INTO ${schema}.users (${COLUMNS}) VALUES ?`, [rows]);
  }
}
