import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthChecks } from '@usermgmt/service-kit/health';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import pLimit from 'p-limit';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { DatabaseUnavailableError, isDeadlock, isUnavailable } from './database-errors.js';
import { poolOf, usageOf } from './mysql-pool.js';
import { LateError, runPrepared } from './prepared-statement.js';
import { type RecordSql, traceSql } from './sql-tracing.js';

/**
 * How long a query or a transaction may take, connection included. Clients are promised an answer within 3 s; the
 * rest is for what comes before, such as waiting for a password to be hashed.
 */
const DEADLINE_MS = 2_000;
const RECONNECT_MS = 1_000;
const DEADLOCK_TRIES = 3;

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
    this.health.readiness.set('schema', () => this.checkSchema());
    this.health.dependencies.set('database', () => this.ping());
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

  /** Runs one statement, on MySQL a prepared one. Placeholders are `?` on both databases. @throws DatabaseUnavailableError */
  async query<Row>(sql: string, parameters: readonly (string | number)[] = []): Promise<Row[]> {
    const pool = poolOf(this.dataSource);
    if (!pool) return this.bounded((runner) => runner.query(sql, [...parameters]) as Promise<Row[]>);
    const begun = performance.now();
    try {
      const rows = await runPrepared<Row>(pool, sql, parameters, DEADLINE_MS, isUnavailable);
      this.recordSql?.(sql, performance.now() - begun);
      return rows;
    } catch (error) {
      this.recordSql?.(sql, performance.now() - begun, error);
      if (error instanceof LateError || isUnavailable(error)) throw new DatabaseUnavailableError(error);
      throw error;
    }
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
      this.bounded(async (runner) => {
        // READ COMMITTED takes no gap locks, so that the relay's claim never blocks an insert.
        await runner.startTransaction(this.isMysql ? 'READ COMMITTED' : undefined);
        try {
          const result = await work(runner.manager);
          await runner.commitTransaction();
          return result;
        } catch (error) {
          await runner.rollbackTransaction().catch(() => undefined);
          throw error;
        }
      });
    if (!this.isMysql) return this.oneAtATime(once);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once();
      } catch (error) {
        if (!isDeadlock(error)) throw error;
        if (attempt === DEADLOCK_TRIES) throw new DatabaseUnavailableError(error);
      }
    }
  }

  private async bounded<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    if (!this.dataSource.isInitialized) throw new DatabaseUnavailableError(new Error('not connected yet'));
    const runner = this.dataSource.createQueryRunner();
    let late = false;
    const isLate = (): boolean => late;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        late = true;
        reject(new DatabaseUnavailableError(new LateError(DEADLINE_MS)));
      }, DEADLINE_MS);
    });
    const result = (async () => {
      const connection = (await runner.connect()) as { destroy?: () => void } | undefined;
      if (isLate()) throw new Error('too late to begin');
      try {
        return await Promise.race([work(runner), deadline]);
      } catch (error) {
        // A connection that still waits for an answer can't be given to anybody else.
        if (isLate() || (isUnavailable(error) && this.isMysql)) connection?.destroy?.();
        throw error;
      }
    })().finally(() => (this.isMysql ? runner.release() : undefined));
    try {
      return await Promise.race([result, deadline]);
    } catch (error) {
      result.catch(() => undefined);
      if (error instanceof DatabaseUnavailableError || !isUnavailable(error)) throw error;
      throw new DatabaseUnavailableError(error);
    } finally {
      clearTimeout(timer);
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
