import { DeliveryError, type DeliveryVerdict } from './delivery-error.js';

/** An HTTP answer of notification, or of what stands in its place. */
export interface NotificationAnswer {
  status: number;
  /** Undefined if there is none. */
  contentType: string | undefined;
  body: string;
  /** The header Retry-After in seconds; 0 if there is none. */
  retryAfterSeconds: number;
}

/** Notification's codes for a mail that it will never take: a wrong recipient, content or size, or a reused key. */
const FINAL: ReadonlySet<string> = new Set([
  'VALIDATION_FAILED',
  'PAYLOAD_TOO_LARGE',
  'RECIPIENT_MALFORMED',
  'RECIPIENT_REJECTED',
  'MESSAGE_REJECTED',
  'IDEMPOTENCY_KEY_REUSED',
]);
/** Notification's codes for limits that time lifts: of the mail server, and of its own. */
const LIMITS: ReadonlySet<string> = new Set(['MAIL_THROTTLED', 'TOO_MANY_REQUESTS']);

const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
/** Names and codes. No address fits in: it has an @. */
const REASON = /^[\w .,:()/-]{1,150}$/;
const MEDIA_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,60}/;

/** An hour, so that a quota that was raised is noticed. */
const LONGEST_WAIT_S = 3_600;
const LONGEST_FOREIGN_WAIT_S = 300;

/**
 * Whether notification has taken the mail: 200 and nothing else, as the Java
 * original answered. No version says more, and versions overlap in a rollout,
 * so no more can be asked for. A page with status 200, a 202 or a 204 is of
 * something else in notification's place, which has sent nothing.
 */
export function isAcceptance({ status, contentType, body }: NotificationAnswer): boolean {
  return status === 200 && body === '' && contentType === undefined;
}

/**
 * What any other answer means. It is final only with one of notification's own
 * codes: a 404 or 413 of an ingress, a proxy or a wrong Service says nothing
 * about the mail, and an operator can put it right.
 */
export function refusalOf(answer: NotificationAnswer): DeliveryError {
  const { status, contentType, retryAfterSeconds } = answer;
  const problem = problemIn(answer);
  if (problem === undefined) {
    const type = MEDIA_TYPE.exec(contentType ?? '')?.[0] ?? 'no content type';
    const wait = Math.min(retryAfterSeconds, LONGEST_FOREIGN_WAIT_S) * 1_000;
    return new DeliveryError(`${status} ${type}, not from notification`, 'retry', wait);
  }
  const { code, reason } = problem;
  const text = reason === undefined ? `${status} ${code}` : `${status} ${code} (${reason})`;
  return new DeliveryError(
    text,
    verdictOf(status, code),
    Math.min(retryAfterSeconds, LONGEST_WAIT_S) * 1_000,
  );
}

function verdictOf(status: number, code: string): DeliveryVerdict {
  if (FINAL.has(code) && status >= 400 && status < 500) return 'final';
  return LIMITS.has(code) && (status === 503 || status === 429) ? 'wait' : 'retry';
}

/** The problem (RFC 9457) that an error answer of notification always has. */
function problemIn({ contentType, body }: NotificationAnswer): { code: string; reason?: string } | undefined {
  if (contentType === undefined || !/^application\/problem\+json\b/i.test(contentType)) return undefined;
  try {
    const { code, reason } = JSON.parse(body) as { code?: unknown; reason?: unknown };
    if (typeof code !== 'string' || !CODE.test(code)) return undefined;
    return { code, ...(typeof reason === 'string' && REASON.test(reason) && { reason }) };
  } catch {
    return undefined;
  }
}
