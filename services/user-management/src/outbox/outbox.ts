import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { EntityManager } from 'typeorm';
import { databaseClock } from '../database/database-clock.js';

const insert = (clock: string): string =>
  `INSERT INTO outbox (id, payload, state, attempts, due_at, created_at, trace_header, mailbox)
   VALUES (?, ?, 'pending', 0, ${clock}, ${clock}, ?, ?)`;

/** The body of `POST /notification/send`. */
export interface Mail {
  subject: string;
  content: string;
  toEmails: string[];
}

/** Where other features leave mails: in their own transaction, so that a mail is promised exactly when it commits. */
@Injectable()
export class Outbox {
  private readonly commits = new EventEmitter();

  constructor(private readonly tracer: Tracer) {}

  /**
   * @param traceHeader `X-Amzn-Trace-Id` of the request that causes the mail, where nothing is traced
   * @param mailbox under which {@link countTo} counts it; null: it is not counted
   */
  async add(
    manager: EntityManager,
    mail: Mail,
    traceHeader: string,
    mailbox: string | null = null,
  ): Promise<void> {
    const clock = databaseClock(manager.dataSource.options.type === 'mysql');
    await manager.query(insert(clock), [
      randomUUID(),
      JSON.stringify(mail),
      this.tracer.header() ?? traceHeader,
      mailbox,
    ]);
  }

  /** How many mails were promised to a mailbox within the last `withinMs`, as far as OUTBOX_RETENTION_HOURS keeps them. */
  async countTo(manager: EntityManager, mailbox: string, withinMs: number): Promise<number> {
    const clock = databaseClock(manager.dataSource.options.type === 'mysql');
    const [row] = await manager.query<{ count: number | string }[]>(
      `SELECT COUNT(*) AS count FROM outbox WHERE mailbox = ? AND created_at > ${clock} - ?`,
      [mailbox, withinMs],
    );
    return Number(row?.count);
  }

  /** Tells this process's relay that a transaction with a mail has committed. */
  wake(): void {
    this.commits.emit('wake');
  }

  /** Calls `listener` at each {@link wake}. */
  onWake(listener: () => void): void {
    this.commits.on('wake', listener);
  }
}
