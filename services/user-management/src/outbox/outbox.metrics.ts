import { Injectable } from '@nestjs/common';
import { Metrics } from '@usermgmt/service-kit/metrics/metrics';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import { type OutboxDepth, OutboxRepository } from './outbox.repository.js';

const BUCKETS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

/** What operators see of the way of mails: how many wait and how long, and how attempts end. */
@Injectable()
export class OutboxMetrics {
  private readonly attempts;
  private readonly delivery;

  constructor(metrics: Metrics, messages: OutboxRepository, tracer: Tracer) {
    // Both gauges of a scrape are told by one query.
    let asked: Promise<OutboxDepth> | undefined;
    const ask = (): Promise<OutboxDepth> =>
      (asked ??= tracer
        .background(() => messages.depth())
        .finally(() => {
          asked = undefined;
        }));
    this.attempts = metrics.counter({
      name: 'outbox_attempts_total',
      help: 'Attempts to hand a mail to notification, by how they ended',
      labels: ['outcome'],
    });
    this.delivery = metrics.histogram(
      {
        name: 'outbox_delivery_seconds',
        help: 'From the commit of a mail to its acceptance by notification',
      },
      BUCKETS_S,
    );
    const depth = metrics.gauge(
      { name: 'outbox_messages', help: 'Mails in the outbox', labels: ['state'] },
      async (gauge) => {
        const { pending, dead } = await ask();
        gauge.set({ state: 'pending' }, pending);
        gauge.set({ state: 'dead' }, dead);
      },
    );
    metrics.gauge(
      { name: 'outbox_oldest_pending_seconds', help: 'How long the oldest mail has been waiting' },
      async (gauge) => {
        const { oldestMs = 0 } = await ask();
        gauge.set(oldestMs / 1_000);
      },
    );
    depth.set({ state: 'pending' }, 0);
    for (const outcome of ['sent', 'retry', 'dead']) this.attempts.inc({ outcome }, 0);
  }

  /** @param ms from the commit of the mail to now */
  sent(ms: number): void {
    this.attempts.inc({ outcome: 'sent' });
    this.delivery.observe(ms / 1_000);
  }

  failed(outcome: 'retry' | 'dead'): void {
    this.attempts.inc({ outcome });
  }
}
