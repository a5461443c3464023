import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthChecks } from '@usermgmt/service-kit/health';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { Pool } from 'mysql2';
import pLimit from 'p-limit';
import { DataSource, type EntityManager } from 'typeorm';
import { DatabaseUnavailableError, isUnavailable } from './database-errors.js';
import { LateError, withinDeadline } from './deadline.js';
import { despiteDeadlocks } from './deadlock.js';
import { poolOf, usageOf } from './mysql-pool.js';
import { runPrepared } from './prepared-statement.js';
import { type RecordSql, traceSql } from './sql-tracing.js';

const RECONNECT_MS = 1_000;

type Parameters = readonly (string | number | null)[];

/**
 * The one way to the database. It bounds the time of every piece of work,
 * translates an outage into DatabaseUnavailableError, and connects in the
 * background, so that a database that is down at start is not fatal.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  readonly isMysql: boolean;
  private readonly logger = new Logger(Database.name);
  /** SQLite has one connection for all: two transactions at once would be one. */
  private readonly oneAtATime = pLimit(1);
  private closing = false;
  private connecting: Promise<void> | undefined;
  private schemaSeen = false;
  /** There is none without traces. */
  private recordSql: RecordSql | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly health: HealthChecks,
    private readonly tracer: Tracer,
  ) {
    this.isMysql = dataSource.options.type === 'mysql';
  }

  onModuleInit(): void {
    this.health.requireReady('schema', () => this.checkSchema());
    this.health.dependOn('database', () => this.ping());
    this.connecting = this.tracer.background(() => this.connect());
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing = true;
    await this.connecting;
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** The connections to MySQL; all 0 until the first connection. */
  get pool(): { used: number; idle: number; waiting: number } {
    return usageOf(poolOf(this.dataSource));
  }

  /** Runs one statement that reads. Placeholders are `?` on both databases. @throws DatabaseUnavailableError */
  async query<Row>(sql: string, parameters: Parameters = []): Promise<Row[]> {
    const pool = poolOf(this.dataSource);
    if (pool) return this.prepared<Row[]>(pool, sql, parameters);
    return withinDeadline(this.dataSource, (runner) => runner.query(sql, [...parameters]) as Promise<Row[]>);
  }

  /**
   * The time by the database's clock, in ms since 1970: the one clock that all instances share. SQLite is a file of
   * this machine.
   *
   * @throws DatabaseUnavailableError
   */
  async now(): Promise<number> {
    if (!this.isMysql) return Date.now();
    const [row] = await this.query<{ ms: number | string }>(
      'SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS ms',
    );
    return Number(row?.ms);
  }

  /** Runs one statement that writes: by itself it is a transaction. @throws DatabaseUnavailableError */
  async execute(sql: string, parameters: Parameters): Promise<void> {
    const pool = poolOf(this.dataSource);
    if (pool) await despiteDeadlocks(() => this.prepared(pool, sql, parameters));
    else await this.transaction((manager) => manager.query(sql, [...parameters]));
  }

  /**
   * Runs `work` in a transaction, again if MySQL chose it as a deadlock's
   * victim: it must do nothing that can't be repeated.
   *
   * @throws DatabaseUnavailableError after which the transaction is rolled
   * back, or, if the connection was lost during the commit, may be either way
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const once = (): Promise<T> =>
      withinDeadline(this.dataSource, async (runner) => {
        await runner.startTransaction();
        try {
          const result = await work(runner.manager);
          await runner.commitTransaction();
          return result;
        } catch (error) {
          await runner.rollbackTransaction().catch(() => undefined);
          throw error;
        }
      });
    return this.isMysql ? despiteDeadlocks(once) : this.oneAtATime(once);
  }

  private async prepared<Result>(pool: Pool, sql: string, parameters: Parameters): Promise<Result> {
    const begun = performance.now();
    try {
      const result = await runPrepared<Result>(pool, sql, parameters);
      this.recordSql?.(sql, performance.now() - begun);
      return result;
    } catch (error) {
      this.recordSql?.(sql, performance.now() - begun, error);
      if (error instanceof LateError || isUnavailable(error)) throw new DatabaseUnavailableError(error);
      throw error;
    }
  }

  private async connect(): Promise<void> {
    for (let attempt = 1; !this.closing; attempt += 1) {
      try {
        await this.dataSource.initialize();
        if (this.tracer.enabled) this.recordSql = await traceSql(this.dataSource, this.tracer);
        if (attempt > 1) this.logger.log('connected to the database');
        return;
      } catch (error) {
        if (attempt === 1) this.logger.warn(`the database does not answer (${codeOf(error)}); trying on`);
        await sleep(RECONNECT_MS);
      }
    }
  }

  private async ping(): Promise<void> {
    await this.query('SELECT 1').catch((error: unknown) => {
      throw new Error(codeOf((error as Error).cause ?? error));
    });
  }

  /** Once the schema was as this version needs it, a database that is away makes nobody unready. */
  private async checkSchema(): Promise<void> {
    if (this.schemaSeen) return;
    const newest = this.dataSource.migrations.at(-1)?.name ?? '';
    const rows = await this.query('SELECT name FROM migrations WHERE name = ?', [newest]).catch(() => []);
    if (rows.length === 0) throw new Error('the schema is not there yet: run the migrate command');
    this.schemaSeen = true;
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return code ?? name ?? 'unknown';
}
