import { describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runMigrations } from '../src/database/migration-run.js';
import { describeMigrate } from './migrate.contract.js';
import { connect, migrated, sqliteDatabase } from './support/database.js';

/** Fails after its first statement. */
class CutOff9999999999999 implements MigrationInterface {
  readonly name = 'CutOff9999999999999';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half (x integer)');
    throw new Error('cut off');
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}

describe('migrate on SQLite', () => {
  describeMigrate(sqliteDatabase);

  it('leaves nothing of a migration that fails', async () => {
    const database = await migrated(await sqliteDatabase());
    const dataSource = await connect(database);
    dataSource.migrations.push(new CutOff9999999999999());
    const runner = dataSource.createQueryRunner();
    await expect(runMigrations(dataSource, runner, () => undefined)).rejects.toThrow('cut off');
    await runner.release();
    expect(await dataSource.query("SELECT name FROM sqlite_master WHERE name = 'half'")).toEqual([]);
    await dataSource.destroy();
    await database.drop();
  });
});
