import type { AppError } from '@usermgmt/service-kit/app-error';
import { tlsReasonOf } from '@usermgmt/service-kit/tls-reason';
import { mailErrors } from '../mail-errors.js';

const THROTTLE = /^(?:Throttl|TooManyRequests|LimitExceeded|RequestLimitExceeded|RequestThrottled)/;
const DAILY_QUOTA = /daily (?:message|sending) quota/i;
const NOT_VERIFIED = /\bnot verified\b/i;
const SENDING_OFF = /\b(?:paused|suspended|disabled)\b/i;
const ABOUT_CONTENT = /\b(?:virus|malware|spam|content)\b/i;
const ABOUT_SIZE = /message length|too (?:long|large|big)/i;
const ABOUT_SENDER = /\b(?:from|sender|source|return-?path|reply-?to)\b/i;
const ABOUT_AN_ADDRESS = /address|domain|recipient|local part|route-addr/i;
/** An address may hold any of the words above. */
const QUOTED = /[\w.!#$%&*+/=?^`{|}~-]+@[\w.-]+/g;
const READ_CHARACTERS = 2_000;

const RATE_RETRY_S = 1;

/**
 * What an error of the SES client means for the mail.
 *
 * Final is only what SES says about a recipient, the content or the size.
 * Everything else (network, credentials, permissions, quotas, configuration
 * set, an identity that is not verified) is put right by time or by an
 * operator, and the mail can be sent then. In its sandbox, SES refuses
 * recipients too that are not verified. Sources:
 * https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html and
 * https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
 *
 * @param sender the configured sender: SES may quote it if it is what SES refuses
 * @param endpointName the name that the certificate of the API must carry
 */
export function sesError(error: unknown, sender: string, endpointName?: string): AppError {
  const { name, message, status } = read(error);
  const reason = status === undefined ? `SES: ${name}` : `SES: ${name} (HTTP ${status})`;
  const text = message.slice(0, READ_CHARACTERS).replace(QUOTED, ' ');
  if (THROTTLE.test(name) || status === 429) {
    return DAILY_QUOTA.test(text)
      ? mailErrors.quotaUsedUp(`${reason}, daily quota`)
      : mailErrors.throttled(RATE_RETRY_S, `${reason}, sending rate`);
  }
  if (name === 'MessageRejected') {
    if (NOT_VERIFIED.test(text)) return mailErrors.notVerified(reason);
    const isFinal = ABOUT_CONTENT.test(text) && !SENDING_OFF.test(text);
    return isFinal ? mailErrors.messageRejected(reason) : mailErrors.unavailable(reason);
  }
  if (name === 'InvalidParameterValue') {
    if (ABOUT_SIZE.test(text)) return mailErrors.messageRejected(reason);
    const isSenders = ABOUT_SENDER.test(text) || message.toLowerCase().includes(sender.toLowerCase());
    if (!isSenders && ABOUT_AN_ADDRESS.test(text)) return mailErrors.recipientRejected(reason);
  }
  return mailErrors.unavailable(reason, tlsReasonOf(error, endpointName));
}

/** The message may quote an address, so it is read here and goes nowhere. */
function read(error: unknown): { name: string; message: string; status: number | undefined } {
  const { name, code, message, $metadata } = error as {
    name?: string;
    code?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const label = code ?? name ?? '';
  return {
    name: /^\w{1,64}$/.test(label) ? label : 'unknown error',
    message: message ?? '',
    status: $metadata?.httpStatusCode,
  };
}
