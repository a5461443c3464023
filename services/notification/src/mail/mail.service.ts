import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Idempotency } from './idempotency.js';
import { type Mail, MailSender } from './mail-sender.js';
import { mailErrors } from './mail-errors.js';
import { MailMetrics } from './mail.metrics.js';
import type { SendMail } from './mail.schemas.js';
import { recipientsOf } from './recipients.js';
import { TokenBucket } from './token-bucket.js';

/** The rules of sending: who gets the mail, never twice for one key, never faster than the rate. */
@Injectable()
export class MailService {
  constructor(
    private readonly sender: MailSender,
    private readonly bucket: TokenBucket,
    private readonly idempotency: Idempotency,
    private readonly metrics: MailMetrics,
  ) {}

  /**
   * Resolves once the mail server has accepted the mail.
   *
   * @param key what the client calls this mail; a repetition with the same key sends nothing
   * @returns whether the mail was sent by an earlier request with this key
   */
  send(request: SendMail, key?: string): Promise<boolean> {
    return this.metrics.count(() => this.sendOnce(request, key));
  }

  private async sendOnce(request: SendMail, key?: string): Promise<boolean> {
    const { subject, content } = request;
    const mail: Mail = { subject, content, ...recipientsOf(request) };
    if (key !== undefined) return this.idempotency.run(key, fingerprint(mail), () => this.deliver(mail));
    await this.deliver(mail);
    return false;
  }

  private async deliver(mail: Mail): Promise<void> {
    const wait = this.bucket.take(mail.to.length + mail.cc.length + mail.bcc.length);
    if (wait > 0) throw mailErrors.throttled(wait);
    await this.metrics.time(() => this.sender.send(mail));
  }
}

function fingerprint({ subject, content, to, cc, bcc }: Mail): string {
  return createHash('sha256')
    .update(JSON.stringify([subject, content, to, cc, bcc]))
    .digest('base64');
}
