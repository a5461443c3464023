import { type DynamicModule, Module } from '@nestjs/common';
import { HealthChecks } from '@usermgmt/service-kit/health';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { Config } from '../config.js';
import { Idempotency } from './idempotency.js';
import { MailController } from './mail.controller.js';
import { MailSender } from './mail-sender.js';
import { MailMetrics } from './mail.metrics.js';
import { MailService } from './mail.service.js';
import { TokenBucket } from './token-bucket.js';

// A relay that backs off for hours still finds its key; 20 000 keys are a few MB at most.
const REMEMBERED = { maxKeys: 20_000, ttlMs: 24 * 60 * 60 * 1_000 } as const;

/** Sending mail over HTTP, through SES or, if AWS_MAIL_SERVER_HOST is set, through SMTP. */
@Module({})
export class MailModule {
  constructor(checks: HealthChecks, sender: MailSender) {
    checks.dependOn('mail', () => sender.check());
  }

  static forRoot(config: Config): DynamicModule {
    return {
      module: MailModule,
      controllers: [MailController],
      providers: [
        MailMetrics,
        MailService,
        {
          provide: MailSender,
          inject: [Tracer],
          useFactory: (tracer: Tracer) => createSender(config, tracer),
        },
        { provide: TokenBucket, useFactory: () => new TokenBucket(config.SES_MAX_SEND_RATE ?? Infinity) },
        { provide: Idempotency, useFactory: () => new Idempotency(REMEMBERED) },
      ],
    };
  }
}

/** Loads only the client that is used; each takes time and memory. */
async function createSender(config: Config, tracer: Tracer): Promise<MailSender> {
  if (config.AWS_MAIL_SERVER_HOST !== undefined) {
    const { SmtpMailSender } = await import('./smtp/smtp.mail-sender.js');
    return new SmtpMailSender({ ...config, AWS_MAIL_SERVER_HOST: config.AWS_MAIL_SERVER_HOST }, tracer);
  }
  const { SesMailSender } = await import('./ses/ses.mail-sender.js');
  return new SesMailSender(config, tracer);
}
