import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import type { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { Config } from '../../config.js';
import { withDeadline } from '../deadline.js';
import { type Mail, MailSender, SEND_DEADLINE_MS } from '../mail-sender.js';
import { smtpError, smtpErrorName } from './smtp-errors.js';

/** Connecting, greeting and STARTTLS together, in milliseconds. */
const CONNECT_TIMEOUT_MS = 900;

/** Which variables {@link SmtpMailSender} reads. */
export type SmtpConfig = Pick<
  Config,
  | 'AWS_MAIL_SERVER_FROM_ADDRESS'
  | 'AWS_MAIL_SERVER_PORT'
  | 'AWS_MAIL_SERVER_USERNAME'
  | 'AWS_MAIL_SERVER_PASSWORD'
  | 'AWS_MAIL_SERVER_TLS_SERVERNAME'
  | 'AWS_MAIL_SERVER_TLS_CA'
> & { readonly AWS_MAIL_SERVER_HOST: string };

/**
 * Sends through an SMTP server over kept connections, never without TLS.
 *
 * A mail counts as accepted if the server took at least one recipient: the
 * others would get it twice if it were repeated. How many were refused is
 * logged. If none was taken it is an error.
 */
export class SmtpMailSender extends MailSender implements OnApplicationShutdown {
  private readonly logger = new Logger('SmtpMailSender');
  private readonly transporter: Transporter;

  constructor(
    private readonly config: SmtpConfig,
    private readonly tracer: Tracer,
  ) {
    super();
    const user = config.AWS_MAIL_SERVER_USERNAME;
    const pass = config.AWS_MAIL_SERVER_PASSWORD;
    this.transporter = createTransport({
      pool: true,
      host: config.AWS_MAIL_SERVER_HOST,
      port: config.AWS_MAIL_SERVER_PORT,
      requireTLS: true,
      auth: user !== undefined && pass !== undefined ? { user, pass } : undefined,
      tls: {
        minVersion: 'TLSv1.2',
        servername: config.AWS_MAIL_SERVER_TLS_SERVERNAME,
        ca: config.AWS_MAIL_SERVER_TLS_CA,
      },
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      dnsTimeout: CONNECT_TIMEOUT_MS,
      // Only for a kept connection that the server closed in the meantime.
      maxRequeues: 1,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: false,
    });
  }

  async send({ subject, content, to, cc, bcc }: Mail): Promise<void> {
    const from = this.config.AWS_MAIL_SERVER_FROM_ADDRESS;
    try {
      const work = { name: this.config.AWS_MAIL_SERVER_HOST, namespace: 'remote' } as const;
      const { rejected = [] } = await this.tracer.capture(work, () =>
        withDeadline(SEND_DEADLINE_MS, (signal) =>
          this.transporter.sendMail({
            subject,
            text: content,
            from: named(from),
            to: to.map(named),
            cc: cc.map(named),
            envelope: { from, to: [...to, ...cc, ...bcc] },
            signal,
          }),
        ),
      );
      if (rejected.length > 0) this.logger.warn(`${rejected.length} recipients of a mail were refused`);
    } catch (error) {
      throw smtpError(error, this.expectedName);
    }
  }

  /** Connects and logs in, over a connection of its own. */
  async check(): Promise<void> {
    await this.transporter.verify().catch((error: unknown) => {
      throw new Error(smtpErrorName(error));
    });
  }

  private get expectedName(): string {
    return this.config.AWS_MAIL_SERVER_TLS_SERVERNAME ?? this.config.AWS_MAIL_SERVER_HOST;
  }

  onApplicationShutdown(): void {
    this.transporter.close();
  }
}

/** An address as nodemailer takes it unparsed. */
function named(address: string): { name: string; address: string } {
  return { name: '', address };
}
