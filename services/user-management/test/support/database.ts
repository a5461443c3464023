import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, jest } from '@jest/globals';
import { createSchema, type TestSchema, testMysqlPort } from '@usermgmt/testing/mysql';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source.js';
import { migrate } from '../../src/database/migrator.js';
import { testConfig } from './config.js';

// Many tests at once on two cores are slow; what must be fast says so itself.
jest.setTimeout(60_000);

/** An empty database of a test file's own, as the variables by which the service finds it. */
export interface TestDatabase {
  environment: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

/** Where files need no disk, on Linux: each commit waits for it otherwise. The MySQL of the tests has none either. */
const MEMORY = '/dev/shm';

/** Makes an SQLite file in a folder of its own. */
export async function sqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'usermgmt-test-'));
  return {
    environment: { SQLITE_FILE: join(folder, 'test.sqlite') },
    drop: () => rm(folder, { recursive: true }),
  };
}

/** Makes a schema of the run's MySQL. */
export const mysqlDatabase = (): Promise<TestSchema> => createSchema();

/** Like `describe`, but skipped, and reported as skipped, when there is no MySQL. */
export const describeOnMysql: (name: string, body: () => void) => void =
  testMysqlPort() === undefined ? describe.skip : describe;

/** Brings a database to the present schema. */
export async function migrated<T extends TestDatabase>(database: T): Promise<T> {
  await migrate(createDataSource(testConfig(database.environment)), { waitMs: 0, say: () => undefined });
  return database;
}

/** Connects to a database beside the service; the caller must destroy it. */
export async function connect({ environment }: TestDatabase): Promise<DataSource> {
  return createDataSource(testConfig(environment)).initialize();
}
