import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { EntityManager } from 'typeorm';
import { OutboxMessage } from './outbox-message.entity.js';

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

  /** @param traceHeader `X-Amzn-Trace-Id` of the request that causes the mail, where nothing is traced */
  async add(manager: EntityManager, mail: Mail, traceHeader: string): Promise<void> {
    const now = Date.now();
    await manager.insert(OutboxMessage, {
      id: randomUUID(),
      payload: JSON.stringify(mail),
      state: 'pending',
      attempts: 0,
      dueAt: now,
      traceHeader: this.tracer.header() ?? traceHeader,
      createdAt: now,
    });
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
