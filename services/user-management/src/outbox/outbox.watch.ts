import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import { OutboxRepository } from './outbox.repository.js';

const EVERY_MS = 60_000;
/** A mail that is retried a few times is nothing to speak of. */
const LATE_MS = 60_000;

/** Says in the log, once a minute, that mails are late: for those who watch logs and no metrics. */
@Injectable()
export class OutboxWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxWatch.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly messages: OutboxRepository,
    private readonly tracer: Tracer,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tracer.background(() => this.look()), EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Looks once. Never throws: a database that is down is told of elsewhere. */
  async look(): Promise<void> {
    try {
      const { pending, oldestMs } = await this.messages.depth();
      if (oldestMs === undefined || oldestMs < LATE_MS) return;
      const oldestSeconds = Math.round(oldestMs / 1_000);
      this.logger.warn({ msg: 'mails are waiting', pending, oldestSeconds });
    } catch (error) {
      if (!(error instanceof UnavailableError)) this.logger.error(error);
    }
  }
}
