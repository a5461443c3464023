import { AppError, type FieldError, UnavailableError } from '@usermgmt/service-kit/app-error';

// SES says to wait "up to 10 minutes" when a quota is used up. Its window is the last 24 hours, not a calendar day, so
// some mails pass again long before a day has gone by:
// https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
const DAILY_QUOTA_RETRY_S = 600;
const OUTAGE_RETRY_S = 5;
// Until an operator has verified an identity, or SES has granted production access.
const OPERATOR_RETRY_S = 300;

/**
 * The errors that sending a mail can end in, with their stable codes. None
 * quotes the mail or the server: a `reason` holds names and codes only.
 */
export const mailErrors = {
  /** @param retryAfterSeconds when the next mail may pass */
  throttled: (retryAfterSeconds: number, reason?: string): AppError =>
    later('MAIL_THROTTLED', 'More mail than the sending rate or quota allows', retryAfterSeconds, reason),
  quotaUsedUp: (reason: string): AppError => mailErrors.throttled(DAILY_QUOTA_RETRY_S, reason),
  /** @param tlsReason why TLS was refused, with names of hosts: for the log only */
  unavailable: (reason: string, tlsReason?: string): AppError =>
    later(
      'MAIL_UNAVAILABLE',
      'The mail server does not take mail at present',
      OUTAGE_RETRY_S,
      reason,
      tlsReason,
    ),
  notVerified: (reason: string): AppError =>
    later(
      'MAIL_ADDRESS_NOT_VERIFIED',
      'SES has not verified the sender or, in its sandbox, the recipient',
      OPERATOR_RETRY_S,
      reason,
    ),
  recipientMalformed: (errors: readonly FieldError[]): AppError =>
    new AppError(422, 'RECIPIENT_MALFORMED', 'A recipient is not an e-mail address', { errors }),
  recipientRejected: (reason: string): AppError =>
    new AppError(422, 'RECIPIENT_REJECTED', 'The mail server refuses the recipients', { reason }),
  messageRejected: (reason: string): AppError =>
    new AppError(422, 'MESSAGE_REJECTED', 'The mail server refuses this mail', { reason }),
} as const;

/** An error after which the same mail may be accepted; the reason is also what traces show as its cause. */
function later(
  code: string,
  detail: string,
  retryAfterSeconds: number,
  reason?: string,
  tlsReason?: string,
): AppError {
  const logged = tlsReason === undefined ? reason : `${reason}: ${tlsReason}`;
  return new UnavailableError(code, detail, {
    retryAfterSeconds,
    reason,
    cause: logged === undefined ? undefined : new Error(logged),
  });
}
