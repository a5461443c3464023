import { Injectable } from '@nestjs/common';
import { AppError } from '@usermgmt/service-kit/app-error';
import { Metrics } from '@usermgmt/service-kit/metrics/metrics';
import { TokenBucket } from './token-bucket.js';

const BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5];

/** How mails end, how long the mail server takes, and what is left of the send rate. */
@Injectable()
export class MailMetrics {
  private readonly mails;
  private readonly duration;

  constructor(metrics: Metrics, bucket: TokenBucket) {
    this.mails = metrics.counter({
      name: 'mails_total',
      help: 'Mails that were to be sent, by outcome: accepted, replayed, or the code of the error',
      labels: ['outcome'],
    });
    this.duration = metrics.histogram(
      { name: 'mail_send_seconds', help: 'How long the mail server took, whatever it said' },
      BUCKETS_S,
    );
    metrics.gauge(
      { name: 'mail_rate_tokens', help: 'Recipients that may be written to at once' },
      (gauge) => {
        gauge.set(bucket.stock);
      },
    );
    for (const outcome of ['accepted', 'replayed']) this.mails.inc({ outcome }, 0);
  }

  /** Counts a mail by how `send` ends. */
  async count(send: () => Promise<boolean>): Promise<boolean> {
    try {
      const replayed = await send();
      this.mails.inc({ outcome: replayed ? 'replayed' : 'accepted' });
      return replayed;
    } catch (error) {
      this.mails.inc({ outcome: error instanceof AppError ? error.code : 'error' });
      throw error;
    }
  }

  /** Times the mail server. */
  async time(send: () => Promise<void>): Promise<void> {
    const end = this.duration.startTimer();
    try {
      await send();
    } finally {
      end();
    }
  }
}
