import { AppError, type FieldError, UnavailableError } from '@usermgmt/service-kit/app-error';

// SES says to wait "up to 10 minutes" when a quota is used up:
// https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
const DAILY_QUOTA_RETRY_S = 600;
const OUTAGE_RETRY_S = 5;

/** The errors that sending a mail can end in, with their stable codes. None quotes the mail or the server. */
export const mailErrors = {
  /** @param retryAfterSeconds when the next mail may pass */
  throttled: (retryAfterSeconds: number, cause?: Error): AppError =>
    new UnavailableError('MAIL_THROTTLED', 'More mail than the sending rate allows', {
      retryAfterSeconds,
      cause,
    }),
  quotaUsedUp: (cause: Error): AppError => mailErrors.throttled(DAILY_QUOTA_RETRY_S, cause),
  unavailable: (cause: Error): AppError =>
    new UnavailableError('MAIL_UNAVAILABLE', 'The mail server does not take mail at present', {
      retryAfterSeconds: OUTAGE_RETRY_S,
      cause,
    }),
  recipientMalformed: (errors: readonly FieldError[]): AppError =>
    new AppError(422, 'RECIPIENT_MALFORMED', 'A recipient is not an e-mail address', { errors }),
  recipientRejected: (): AppError =>
    new AppError(422, 'RECIPIENT_REJECTED', 'The mail server refuses the recipients'),
  messageRejected: (): AppError => new AppError(422, 'MESSAGE_REJECTED', 'The mail server refuses this mail'),
} as const;
