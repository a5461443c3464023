import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { HealthChecks } from '@usermgmt/service-kit/health';
import { type FinishedWork, NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { waitFor } from '@usermgmt/testing/wait';
import { createDataSource } from '../src/database/data-source.js';
import { Database } from '../src/database/database.js';
import { testConfig } from './support/config.js';
import { migrated, type TestDatabase } from './support/database.js';
import type { MakeDatabase } from './support/open-database.js';

/** Traces everything, and keeps it. */
class KeepingTracer extends NoTracer {
  override readonly enabled: boolean = true;
  readonly kept: FinishedWork[] = [];

  override record(describe?: () => FinishedWork): void {
    if (describe) this.kept.push(describe());
  }
}

/** What is traced of statements, the same on both databases. */
export function describeSqlTracing(makeDatabase: MakeDatabase, type: 'MySQL' | 'SQLite'): void {
  const tracer = new KeepingTracer();
  let made: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    made = await migrated(await makeDatabase());
    database = new Database(createDataSource(testConfig(made.environment)), new HealthChecks(), tracer);
    database.onModuleInit();
    await waitFor('the database', async () => {
      await database.query('SELECT 1 AS one');
      return tracer.kept.length > 0;
    });
  });
  beforeEach(() => {
    tracer.kept.length = 0;
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await made.drop();
  });

  const statements = (): unknown[] =>
    tracer.kept.map(({ sql }) => (sql as Record<string, unknown>).sanitized_query);

  it('tells the statement and the database, and no value', async () => {
    await database.query("SELECT username FROM users WHERE username_key = ? AND role <> 'secret' LIMIT 5", [
      'hidden',
    ]);
    const [work] = tracer.kept;
    expect(work).toMatchObject({
      namespace: 'remote',
      sql: {
        database_type: type,
        sanitized_query: 'SELECT username FROM users WHERE username_key = ? AND role <> ? LIMIT ?',
      },
    });
    expect(work!.durationMs).toBeGreaterThanOrEqual(0);
    expect(work!.durationMs).toBeLessThan(5_000);
    expect(work).not.toHaveProperty('error');
    expect(JSON.stringify(work)).not.toMatch(/hidden|secret|password/);
  });

  it('tells a statement that failed, with its error', async () => {
    await expect(database.query('SELECT nothing FROM users')).rejects.toThrow();
    expect(tracer.kept).toHaveLength(1);
    expect(tracer.kept[0]!.error).toBeInstanceOf(Error);
  });

  it('tells those of a transaction too', async () => {
    await database.transaction(async (manager) => {
      await manager.query('DELETE FROM outbox WHERE id = ?', ['none']);
    });
    expect(statements()).toContain('DELETE FROM outbox WHERE id = ?');
    expect(statements()).toContain('COMMIT');
  });
}
