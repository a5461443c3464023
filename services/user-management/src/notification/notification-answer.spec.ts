import { describe, expect, it } from '@jest/globals';
import { isAcceptance, type NotificationAnswer, refusalOf } from './notification-answer.js';

const WHY = 'SMTP: EENVELOPE RCPT TO 550 5.4.5, daily quota';

const answer = (
  status: number,
  contentType?: string,
  body = '',
  retryAfterSeconds = 0,
): NotificationAnswer => ({
  status,
  contentType,
  body,
  retryAfterSeconds,
});
const page = (status: number): NotificationAnswer => answer(status, 'text/html; charset=utf-8', '<html>');
const problem = (
  status: number,
  code: unknown,
  reason?: unknown,
  retryAfterSeconds = 0,
): NotificationAnswer =>
  answer(
    status,
    'application/problem+json; charset=utf-8',
    JSON.stringify({ code, reason }),
    retryAfterSeconds,
  );

describe('isAcceptance', () => {
  it('is 200 and nothing else, as every version of notification and the Java original answer', () => {
    expect(isAcceptance(answer(200))).toBe(true);
  });

  it.each([
    page(200),
    answer(200, undefined, 'OK'),
    answer(200, 'text/html'),
    answer(202),
    answer(204),
    answer(302),
  ])('is no answer of something else: %j', (other) => {
    expect(isAcceptance(other)).toBe(false);
  });
});

describe('refusalOf', () => {
  it.each([200, 307, 400, 401, 403, 404, 405, 410, 413, 421, 422, 500, 502])(
    'takes a page with status %d for something else in the place of notification',
    (status) => {
      const reason = `${status} text/html, not from notification`;
      expect(refusalOf(page(status))).toMatchObject({ verdict: 'retry', reason });
    },
  );

  it.each([
    [answer(404), '404 no content type, not from notification'],
    [answer(204), '204 no content type, not from notification'],
    [
      answer(413, 'application/json', '{"code":"PAYLOAD_TOO_LARGE"}'),
      '413 application/json, not from notification',
    ],
    [
      answer(422, 'application/problem+json', '{"code":"MESS'),
      '422 application/problem+json, not from notification',
    ],
    [answer(422, 'application/problem+json', 'null'), '422 application/problem+json, not from notification'],
    [problem(422, 'jane@example.com'), '422 application/problem+json, not from notification'],
    [problem(422, 7), '422 application/problem+json, not from notification'],
    [answer(400, 'jane@example.com', ''), '400 no content type, not from notification'],
    // Notification's form, but no code of its own that is final.
    [problem(400, 'BAD_REQUEST'), '400 BAD_REQUEST'],
    [problem(404, 'NOT_FOUND'), '404 NOT_FOUND'],
    [problem(405, 'METHOD_NOT_ALLOWED'), '405 METHOD_NOT_ALLOWED'],
    [problem(409, 'IDEMPOTENCY_KEY_IN_USE'), '409 IDEMPOTENCY_KEY_IN_USE'],
    [problem(401, 'TOKEN_INVALID'), '401 TOKEN_INVALID'],
    [problem(503, 'MESSAGE_REJECTED'), '503 MESSAGE_REJECTED'],
    [problem(503, 'MAIL_ADDRESS_NOT_VERIFIED', WHY), `503 MAIL_ADDRESS_NOT_VERIFIED (${WHY})`],
    [problem(503, 'MAIL_UNAVAILABLE', '<jane@example.com>'), '503 MAIL_UNAVAILABLE'],
    [problem(503, 'MAIL_UNAVAILABLE', 'x'.repeat(151)), '503 MAIL_UNAVAILABLE'],
  ])('has %j tried again', (refused, reason) => {
    expect(refusalOf(refused)).toMatchObject({ verdict: 'retry', reason });
  });

  it.each([
    [400, 'VALIDATION_FAILED'],
    [413, 'PAYLOAD_TOO_LARGE'],
    [422, 'RECIPIENT_MALFORMED'],
    [422, 'RECIPIENT_REJECTED'],
    [422, 'MESSAGE_REJECTED'],
    [422, 'IDEMPOTENCY_KEY_REUSED'],
  ])('takes %d %s for final', (status, code) => {
    expect(refusalOf(problem(status, code, WHY))).toMatchObject({
      verdict: 'final',
      reason: `${status} ${code} (${WHY})`,
    });
  });

  it.each([
    [problem(503, 'MAIL_THROTTLED', WHY, 600), 'wait', 600_000],
    [problem(429, 'TOO_MANY_REQUESTS', undefined, 30), 'wait', 30_000],
    [problem(503, 'MAIL_THROTTLED', WHY, 86_400), 'wait', 3_600_000],
    [problem(503, 'MAIL_UNAVAILABLE', WHY, 5), 'retry', 5_000],
    [answer(503, 'text/html', '<html>', 86_400), 'retry', 300_000],
    [answer(429, 'text/html', '<html>', 30), 'retry', 30_000],
  ])('waits for %j: %s', (refused, verdict, retryAfterMs) => {
    expect(refusalOf(refused)).toMatchObject({ verdict, retryAfterMs });
  });
});
