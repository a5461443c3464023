import type { AppError } from '@usermgmt/service-kit/app-error';
import { tlsReasonOf } from '@usermgmt/service-kit/tls-reason';
import { mailErrors } from '../mail-errors.js';
import { enhancedCode, type SmtpRefusal, smtpVerdict, type SmtpVerdict } from './smtp-verdict.js';

/** What an error of nodemailer tells, as far as it matters here. */
interface SmtpFailure extends SmtpRefusal {
  /** The code of the error beneath: of the system, or of TLS. */
  readonly originalCode?: string;
  /** One entry for each recipient that was refused. */
  readonly rejectedErrors?: readonly SmtpFailure[];
}

/** If the recipients were refused for different reasons, the first of these decides: the mail may still reach somebody. */
const STRONGEST_FIRST: readonly SmtpVerdict[] = [
  'quota',
  'rate',
  'not verified',
  'later',
  'message',
  'recipient',
];

const RATE_RETRY_S = 1;

/**
 * What an error of an SMTP session means for the mail.
 *
 * Final is only a refusal of every recipient, of the content or of the size
 * (see {@link smtpVerdict}). Every error of connection, TLS or login is put
 * right by time or by an operator.
 *
 * @param expectedName the name that the server's certificate must carry
 */
export function smtpError(error: unknown, expectedName?: string): AppError {
  const failure = error as SmtpFailure;
  const refusals =
    failure.code === 'EENVELOPE' && failure.command === 'RCPT TO'
      ? (failure.rejectedErrors ?? [failure])
      : [failure];
  const judged = refusals.map((refusal) => ({ refusal, verdict: verdictOf(refusal) }));
  judged.sort((a, b) => STRONGEST_FIRST.indexOf(a.verdict) - STRONGEST_FIRST.indexOf(b.verdict));
  const { refusal, verdict } = judged[0] ?? { refusal: failure, verdict: 'later' };
  const reason = smtpErrorName(refusal);
  switch (verdict) {
    case 'quota':
      return mailErrors.quotaUsedUp(`${reason}, daily quota`);
    case 'rate':
      return mailErrors.throttled(RATE_RETRY_S, `${reason}, sending rate`);
    case 'not verified':
      return mailErrors.notVerified(reason);
    case 'later':
      return mailErrors.unavailable(reason, tlsReasonOf(error, expectedName));
    case 'message':
      return mailErrors.messageRejected(reason);
    case 'recipient':
      return mailErrors.recipientRejected(reason);
  }
}

function verdictOf(failure: SmtpFailure): SmtpVerdict {
  const { code, command, responseCode } = failure;
  if (responseCode === undefined) {
    // Larger than the SIZE that the server announced: nodemailer asks nobody then.
    return code === 'EMESSAGE' && command === 'MAIL FROM' ? 'message' : 'later';
  }
  const verdict = smtpVerdict(failure);
  const isAboutThisMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  return isAboutThisMail || (verdict !== 'message' && verdict !== 'recipient') ? verdict : 'later';
}

/** What may be logged and shown of an error of an SMTP session; its message may quote an address or a login. */
export function smtpErrorName(error: unknown): string {
  const { code = 'unknown error', originalCode, command, responseCode, response = '' } = error as SmtpFailure;
  return ['SMTP:', code, originalCode, command, responseCode, enhancedCode(response)]
    .filter(Boolean)
    .join(' ');
}
