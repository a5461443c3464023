import { SchemaNotReadyError } from './database-errors.js';

/** Runs one statement that reads. @throws SchemaNotReadyError if a table or a column is missing */
export type Read = (sql: string) => Promise<unknown[]>;

/**
 * Compares the database with what this version needs.
 *
 * @param names of all migrations of this version, oldest first
 * @returns what is missing and what to do, or undefined if the schema fits; that of a newer version does
 * @throws what else `read` throws
 */
export async function schemaProblem(read: Read, names: readonly string[]): Promise<string | undefined> {
  const ran = await unlessMissing(read('SELECT name FROM migrations'));
  const done = new Set((ran ?? []).map((row) => (row as { name: string }).name));
  if (done.has(names.at(-1) ?? '')) return undefined;
  const missing = names.filter((name) => !done.has(name));
  if (missing.length < names.length) {
    return `the schema is of an older version, without ${missing.join(', ')}: run the migrate command`;
  }
  if ((await unlessMissing(read('SELECT username_key FROM users LIMIT 1'))) !== undefined) {
    return 'the schema is not complete, as after a migration that was cut off: run the migrate command';
  }
  return (await unlessMissing(read('SELECT 1 FROM users LIMIT 1'))) === undefined
    ? 'the schema is not there yet: run the migrate command'
    : 'the table users is still the one of the Java original: run the migrate command, which adopts it';
}

async function unlessMissing(reading: Promise<unknown[]>): Promise<unknown[] | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SchemaNotReadyError) return undefined;
    throw error;
  }
}
