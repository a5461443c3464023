import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { runInTrace } from '@usermgmt/service-kit/request-context';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import pLimit from 'p-limit';
import { CONFIG, type Config } from '../config.js';
import type { DeliveryError } from '../notification/delivery-error.js';
import { NotificationClient } from '../notification/notification.client.js';
import { backoffMs } from './backoff.js';
import { Outbox } from './outbox.js';
import { OutboxMetrics } from './outbox.metrics.js';
import { type ClaimedMessage, OutboxRepository } from './outbox.repository.js';
import { RelayPause } from './relay-pause.js';

/** Rows claimed at once; each is sent within the lease. */
const BATCH = 20;
const AT_ONCE = 5;
/** Longer than a whole batch takes when every attempt times out (20 rows, 5 at once, 2 s each). */
const LEASE_MS = 30_000;
const PURGE_EVERY_MS = 60_000;
const PURGE_ROWS = 1_000;
/** Time that an attempt and its mark need before the lease ends. */
const ATTEMPT_MS = 5_000;
const SHORTEST_PAUSE_MS = 1_000;

/**
 * Carries mails from the outbox to notification, in any number of processes
 * at once. A mail is sent at least once: twice only if a process ends, or
 * loses the database, between notification's answer and the mark.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly limit = pLimit(AT_ONCE);
  private readonly pause = new RelayPause();
  private stopping = false;
  private woken = false;
  private wakeUp: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private purgedAt = -Infinity;

  constructor(
    private readonly outbox: Outbox,
    private readonly messages: OutboxRepository,
    private readonly notification: NotificationClient,
    private readonly tracer: Tracer,
    private readonly metrics: OutboxMetrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.outbox.onWake(() => {
      this.woken = true;
      this.wakeUp();
    });
    this.running = this.tracer.background(() => this.run());
  }

  /** Ends after the attempts that are under way; what is left is another process's, or the next start's. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.wakeUp();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      let worked = 0;
      try {
        worked = await this.deliverBatch();
        await this.purge();
      } catch (error) {
        // Nothing is lost: the rows are still there when the database is back.
        if (!(error instanceof UnavailableError)) this.logger.error(error);
      }
      // A full batch means that there may be more; what has come since has woken this.
      if (worked < BATCH) await this.sleep();
    }
  }

  /** Sends what is due now, up to a batch. @returns how many rows it worked on */
  async deliverBatch(): Promise<number> {
    this.woken = false;
    if (this.pause.leftMs > 0) return 0;
    const claimedAt = performance.now();
    const claimed = await this.messages.claim(LEASE_MS, BATCH);
    await Promise.all(
      claimed.map((message) =>
        this.limit(() => runInTrace(message.traceHeader, () => this.deliver(message, claimedAt))),
      ),
    );
    return claimed.length;
  }

  private async deliver(message: ClaimedMessage, claimedAt: number): Promise<void> {
    // A stop does not wait for rows that have not begun: their lease runs out and somebody takes them.
    // Nor does a process that was stopped meanwhile begin what another one may have taken.
    if (this.stopping || performance.now() - claimedAt > LEASE_MS - ATTEMPT_MS) return;
    if (this.pause.leftMs > 0) {
      await this.messages.postpone(message, this.pause.reason, this.pause.leftMs);
      return;
    }
    try {
      // A second attempt is another subsegment of the same trace, and tells its number.
      const work = { name: 'outbox delivery', annotations: { attempt: message.attempts } };
      await this.tracer.resume(message.traceHeader, work, () => this.notification.send(message));
    } catch (error) {
      await this.fail(message, error as DeliveryError);
      return;
    }
    await this.messages.markSent(message);
    this.metrics.sent(message.waitedMs + performance.now() - claimedAt);
  }

  private async fail(
    message: ClaimedMessage,
    { reason, verdict, retryAfterMs }: DeliveryError,
  ): Promise<void> {
    const { id, attempts } = message;
    const isLast = verdict === 'retry' && attempts >= this.config.OUTBOX_MAX_ATTEMPTS;
    if (verdict === 'final' || isLast) {
      this.metrics.failed('dead');
      this.logger.error({ msg: 'mail given up', id, reason });
      await this.messages.markDead(message, reason);
      return;
    }
    this.metrics.failed('retry');
    this.logger.debug({ msg: 'mail not sent yet', id, reason });
    if (verdict === 'wait') {
      const pauseMs = Math.max(retryAfterMs, SHORTEST_PAUSE_MS);
      this.pause.begin(pauseMs, reason);
      await this.messages.postpone(message, reason, pauseMs + backoffMs(1));
      return;
    }
    await this.messages.markFailed(message, reason, Math.max(retryAfterMs, backoffMs(attempts)));
  }

  private async purge(): Promise<void> {
    const now = performance.now();
    if (now - this.purgedAt < PURGE_EVERY_MS) return;
    const deleted = await this.messages.deleteSent(
      this.config.OUTBOX_RETENTION_HOURS * 3_600_000,
      PURGE_ROWS,
    );
    // A full batch means that there is more to do at once.
    if (deleted < PURGE_ROWS) this.purgedAt = now;
  }

  private async sleep(): Promise<void> {
    if (this.woken || this.stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.config.OUTBOX_POLL_MS);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
