import type { AppError } from '@usermgmt/service-kit/app-error';
import { mailErrors } from '../mail-errors.js';

// https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
const THROTTLE = /throttling|rate exceeded/i;
const DAILY_QUOTA = /daily (?:message|sending) quota/i;

/** What an error of nodemailer tells, as far as it matters here. */
interface SmtpFailure {
  code?: string;
  /** The code of the error beneath: of the system, or of TLS. */
  originalCode?: string;
  command?: string;
  responseCode?: number;
  response?: string;
  /** True for 5yz, false for 4yz, missing where the server did not answer. */
  permanent?: boolean;
  /** There only if the server refused every recipient. */
  rejectedErrors?: readonly unknown[];
}

/**
 * What an error of an SMTP session means for the mail.
 *
 * Final is only what the server says with 5yz about the recipients or the
 * message. A 4yz, a refused login or sender, and every error of connection or
 * TLS is put right by time or by an operator. If the server defers one
 * recipient and refuses the others for good, the mail is to be repeated.
 *
 * @param sender the configured sender; SES quotes it in a 554 if it is what it refuses
 */
export function smtpError(error: unknown, sender: string): AppError {
  const failure = error as SmtpFailure;
  const { code = 'unknown error', command, response = '', responseCode } = failure;
  const cause = new Error(smtpErrorName(error));
  const aboutThisMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  // EMESSAGE without an answer: larger than the SIZE that the server announced.
  const refused = failure.permanent ?? code === 'EMESSAGE';
  if (aboutThisMail && refused) {
    if (failure.rejectedErrors) return mailErrors.recipientRejected();
    const aboutSender =
      responseCode !== undefined &&
      (command === 'MAIL FROM' || response.toLowerCase().includes(sender.toLowerCase()));
    return aboutSender ? mailErrors.unavailable(cause) : mailErrors.messageRejected();
  }
  if (DAILY_QUOTA.test(response)) return mailErrors.quotaUsedUp(cause);
  if (THROTTLE.test(response)) return mailErrors.throttled(1, cause);
  return mailErrors.unavailable(cause);
}

/** What may be logged and shown of an error of an SMTP session; its message may quote an address or a login. */
export function smtpErrorName(error: unknown): string {
  const { code = 'unknown error', originalCode, command, responseCode } = error as SmtpFailure;
  return ['SMTP:', code, originalCode, command, responseCode].filter(Boolean).join(' ');
}
