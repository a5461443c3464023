import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthChecks } from '@usermgmt/service-kit/health';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { Pool } from 'mysql2';
import pLimit from 'p-limit';
import { DataSource, type EntityManager } from 'typeorm';
import { databaseClock } from './database-clock.js';
import { DatabaseUnavailableError, SchemaNotReadyError, translated } from './database-errors.js';
import { databaseReason } from './database-reason.js';
import { LateError, withinDeadline } from './deadline.js';
import { despiteDeadlocks } from './deadlock.js';
import { poolOf, usageOf } from './mysql-pool.js';
import { runPrepared } from './prepared-statement.js';
import { schemaProblem } from './schema-state.js';
import { type RecordSql, traceSql } from './sql-tracing.js';
import { TELL_EVERY_MS } from './telling.js';

/** How often a database is asked that is not up, or not migrated, yet. */
const RETRY_MS = 1_000;

type Parameters = readonly (string | number | null)[];

/**
 * The one way to the database. It bounds the time of every piece of work,
 * translates an outage into DatabaseUnavailableError, does no work before the
 * schema is the one of this version (SchemaNotReadyError), and connects in the
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
  /** The check of the schema that is under way. */
  private checking: Promise<void> | undefined;
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
    this.health.requireReady('schema', () => this.checkReadiness());
    this.health.dependOn('database', () => this.ping());
    this.connecting = this.tracer.background(() => this.start());
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

  /**
   * Runs one statement that reads. Placeholders are `?` on both databases.
   *
   * @throws DatabaseUnavailableError or SchemaNotReadyError
   */
  async query<Row>(sql: string, parameters: Parameters = []): Promise<Row[]> {
    if (!this.schemaSeen) await this.checkSchema();
    return this.read(sql, parameters);
  }

  private async read<Row>(sql: string, parameters: Parameters = []): Promise<Row[]> {
    const pool = poolOf(this.dataSource);
    if (pool) return this.prepared<Row[]>(pool, sql, parameters);
    return withinDeadline(this.dataSource, (runner) => runner.query(sql, [...parameters]) as Promise<Row[]>);
  }

  /**
   * The time by the database's clock, in ms since 1970: the one clock that all instances share. SQLite is a file of
   * this machine.
   *
   * @throws DatabaseUnavailableError or SchemaNotReadyError
   */
  async now(): Promise<number> {
    if (!this.isMysql) return Date.now();
    const [row] = await this.query<{ ms: number | string }>(`SELECT ${databaseClock(true)} AS ms`);
    return Number(row?.ms);
  }

  /**
   * Runs one statement that writes: by itself it is a transaction.
   *
   * @throws DatabaseUnavailableError or SchemaNotReadyError
   */
  async execute(sql: string, parameters: Parameters): Promise<void> {
    if (!this.schemaSeen) await this.checkSchema();
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
   * @throws SchemaNotReadyError
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!this.schemaSeen) await this.checkSchema();
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
      throw error instanceof LateError ? new DatabaseUnavailableError(error) : translated(error);
    }
  }

  private async start(): Promise<void> {
    await this.repeat('the database does not answer', 'connected to the database', async () => {
      await this.dataSource.initialize();
      if (this.tracer.enabled) this.recordSql = await traceSql(this.dataSource, this.tracer);
    });
    await this.repeat('the database is not ready', 'the schema is ready', () => this.checkSchema());
  }

  /** Tries each second until it works or this is closing; logs what is wrong at once, at each change and every 10 s. */
  private async repeat(failure: string, success: string, attempt: () => Promise<void>): Promise<void> {
    const begun = Date.now();
    let toldAt: number | undefined;
    let toldReason = '';
    while (!this.closing) {
      try {
        await attempt();
        if (toldAt !== undefined) this.logger.log(success);
        return;
      } catch (error) {
        const reason = databaseReason(error, this.dataSource);
        const now = Date.now();
        if (reason !== toldReason || toldAt === undefined || now - toldAt >= TELL_EVERY_MS) {
          const seconds = Math.round((now - begun) / 1_000);
          this.logger.warn(`${failure} (${reason}), for ${seconds} s now; trying again every second`);
          toldAt = now;
          toldReason = reason;
        }
        await sleep(RETRY_MS);
      }
    }
  }

  private async ping(): Promise<void> {
    await this.read('SELECT 1').catch((error: unknown) => {
      throw this.reported(error);
    });
  }

  /** After the schema was seen once, a database outage does not affect readiness. */
  private async checkReadiness(): Promise<void> {
    await this.checkSchema().catch((error: unknown) => {
      throw this.reported(error);
    });
  }

  /** What a health report shows to any caller: of an outage the code; names of hosts stay in the log. */
  private reported(error: unknown): Error {
    const reason = databaseReason(error, this.dataSource);
    return new Error(error instanceof SchemaNotReadyError ? reason : reason.split(': ', 1)[0]);
  }

  /** @throws SchemaNotReadyError if the schema is not the one of this version, DatabaseUnavailableError */
  private checkSchema(): Promise<void> {
    this.checking ??= this.tracer
      .background(() => this.lookAtSchema())
      .finally(() => {
        this.checking = undefined;
      });
    return this.checking;
  }

  private async lookAtSchema(): Promise<void> {
    if (this.schemaSeen) return;
    const names = this.dataSource.migrations.map((migration) => migration.name ?? '');
    const problem = await schemaProblem((sql) => this.read(sql), names);
    if (problem !== undefined) throw new SchemaNotReadyError(new Error(problem));
    this.schemaSeen = true;
  }
}
