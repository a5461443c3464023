import type { AppError } from '@usermgmt/service-kit/app-error';
import { mailErrors } from '../mail-errors.js';

const THROTTLE = /^(?:Throttl|TooManyRequests|LimitExceeded|RequestLimitExceeded|RequestThrottled)/;
const DAILY_QUOTA = /daily (?:message|sending) quota/i;
const SENDING_OFF = /\b(?:paused|suspended)\b/i;
const ABOUT_AN_ADDRESS = /address|domain|recipient|local part|route-addr/i;

/**
 * What an error of the SES client means for the mail.
 *
 * Only what SES says about this very mail is final. Everything else (network,
 * credentials, permissions, configuration set, an unverified sender) is put
 * right by time or by an operator, and the mail can be sent then. Sources:
 * https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html and
 * https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
 *
 * @param sender the configured sender: SES lists it in the message if it is what SES refuses
 */
export function sesError(error: unknown, sender: string): AppError {
  const { name, message, status } = read(error);
  const cause = new Error(status === undefined ? `SES: ${name}` : `SES: ${name} (HTTP ${status})`);
  if (THROTTLE.test(name) || status === 429) {
    return DAILY_QUOTA.test(message) ? mailErrors.quotaUsedUp(cause) : mailErrors.throttled(1, cause);
  }
  if (name === 'MessageRejected') {
    const notForThisMail = SENDING_OFF.test(message) || message.toLowerCase().includes(sender.toLowerCase());
    return notForThisMail ? mailErrors.unavailable(cause) : mailErrors.messageRejected();
  }
  if (name === 'InvalidParameterValue' && ABOUT_AN_ADDRESS.test(message)) {
    return mailErrors.recipientRejected();
  }
  return mailErrors.unavailable(cause);
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
