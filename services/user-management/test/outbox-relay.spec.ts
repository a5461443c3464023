import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUser, type NewUserBody } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { accept, type Answer, close, hang, page, refuse } from './support/notification-server.js';
import { type OutboxRow, outboxRows, waitForState } from './support/outbox.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

/** As notification names what SES said. */
const WHY = 'SES: MessageRejected (HTTP 400)';
const ID = '1-5759e988-bd862e3fe1be46a994272793';

let service: TestService;
let users: UsersApi;
beforeAll(async () => {
  service = await startService({ OUTBOX_MAX_ATTEMPTS: '3', OUTBOX_POLL_MS: '20' });
  users = new UsersApi(service.url);
});
beforeEach(async () => {
  service.notification.answer = accept;
  await service.dataSource.query('DELETE FROM outbox');
  service.notification.mails.length = 0;
});
afterAll(() => service.stop());

async function signUp(overrides: Partial<NewUserBody> = {}): Promise<NewUserBody> {
  const user = newUser(overrides);
  await users.signUp(user).set('x-amzn-trace-id', `Root=${ID};Parent=53995c3f42cd8ad8`).expect(201);
  return user;
}

/** The mails that were handed over for a user, taken or not. */
const mailsTo = ({ email }: NewUserBody) =>
  service.notification.mails.filter(({ body }) => body.toEmails.includes(email));

const rowOf = (user: NewUserBody, state: OutboxRow['state']): Promise<OutboxRow> =>
  waitForState(service.dataSource, user.email, state);

/** Answers the first attempts one way, later ones with an acceptance. */
function first(times: number, answer: Answer): Answer {
  let count = 0;
  return (response, mail) => {
    count += 1;
    (count <= times ? answer : accept)(response, mail);
  };
}

describe('a mail', () => {
  it('goes out once, under the id of its row, with the trace of the request that caused it', async () => {
    const user = await signUp({ firstname: 'Zoë' });
    const row = await rowOf(user, 'sent');
    expect(row).toMatchObject({ attempts: 1, reason: null });
    expect(mailsTo(user)).toHaveLength(1);
    const [{ headers, body }] = mailsTo(user) as [ReturnType<typeof mailsTo>[number]];
    expect(headers['idempotency-key']).toBe(row.id);
    expect(headers['x-amzn-trace-id']).toBe(`Root=${ID}`);
    expect(headers['content-type']).toBe('application/json');
    expect(body.toEmails).toEqual([user.email]);
    expect(body.content).toContain('Hello Zoë,');
    expect(body.content).toContain(user.username);
  });

  it.each([
    ['503 with Retry-After', refuse(503, 'MAIL_UNAVAILABLE', { retryAfter: '1' }), '503 MAIL_UNAVAILABLE'],
    ['409', refuse(409, 'IDEMPOTENCY_KEY_IN_USE', { retryAfter: '1' }), '409 IDEMPOTENCY_KEY_IN_USE'],
    ['429', refuse(429, 'TOO_MANY'), '429 TOO_MANY'],
    [
      'an error whose server says why',
      refuse(503, 'MAIL_UNAVAILABLE', { reason: WHY }),
      `503 MAIL_UNAVAILABLE (${WHY})`,
    ],
    ['a page with status 404', page(404), '404 text/html, not from notification'],
    ['a page with status 200', page(200), '200 text/html, not from notification'],
    [
      'half an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('x');
        response.destroy();
      },
      'UND_ERR_SOCKET',
    ],
    ['a connection that is closed', close, 'UND_ERR_SOCKET'],
  ])('is sent again after %s, under the same id', async (_what, answer, reason) => {
    service.notification.answer = answer;
    const user = await signUp();
    const waiting = await waitFor('a failed attempt', async () => {
      const rows = await outboxRows(service.dataSource, user.email);
      return rows.find((row) => row.reason !== null);
    });
    expect(waiting).toMatchObject({ state: 'pending', reason });
    service.notification.answer = accept;
    const sent = await rowOf(user, 'sent');
    expect(sent.attempts).toBeGreaterThan(1);
    expect(sent.reason).toBeNull();
    const keys = mailsTo(user).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys)).toEqual(new Set([sent.id]));
  });

  it('waits as long as notification asked for', async () => {
    service.notification.answer = first(1, refuse(503, 'MAIL_UNAVAILABLE', { retryAfter: '120' }));
    const before = Date.now();
    const user = await signUp();
    const row = await waitFor('the next attempt to be set', async () => {
      const [found] = await outboxRows(service.dataSource, user.email);
      return found?.reason === null ? undefined : found;
    });
    expect(Number(row.due_at) - before).toBeGreaterThanOrEqual(120_000);
  });

  it.each([
    ['422', refuse(422, 'RECIPIENT_REJECTED'), '422 RECIPIENT_REJECTED'],
    ['400', refuse(400, 'VALIDATION_FAILED'), '400 VALIDATION_FAILED'],
    ['413', refuse(413, 'PAYLOAD_TOO_LARGE'), '413 PAYLOAD_TOO_LARGE'],
    ['422 that says why', refuse(422, 'MESSAGE_REJECTED', { reason: WHY }), `422 MESSAGE_REJECTED (${WHY})`],
  ])(
    'is given up at once after %s, with the reason, and holds up no other',
    async (_what, answer, reason) => {
      service.notification.answer = (response, mail) => {
        (mail.body.toEmails[0]?.startsWith('bad') ? answer : accept)(response, mail);
      };
      const bad = await signUp({ email: `bad${Date.now()}@example.com` });
      const good = await signUp();
      expect(await rowOf(good, 'sent')).toMatchObject({ attempts: 1 });
      expect(await rowOf(bad, 'dead')).toMatchObject({ attempts: 1, reason });
      expect(mailsTo(bad)).toHaveLength(1);
    },
  );

  it('is given up after the last attempt, with the reason of that', async () => {
    service.notification.answer = refuse(503, 'MAIL_UNAVAILABLE');
    const user = await signUp();
    expect(await rowOf(user, 'dead')).toMatchObject({ attempts: 3, reason: '503 MAIL_UNAVAILABLE' });
    expect(mailsTo(user)).toHaveLength(3);
  });
});

describe('creating a user', () => {
  it('does not wait for a notification that hangs, and the mail comes when it is well', async () => {
    service.notification.answer = hang;
    const made: NewUserBody[] = [];
    const reasons: (string | null)[] = [];
    for (let count = 0; count < 3; count += 1) {
      const user = await signUp();
      const [row] = await outboxRows(service.dataSource, user.email);
      made.push(user);
      reasons.push(row!.reason);
    }
    // The service would have answered after an attempt, which ends with a reason.
    expect(reasons).toContain(null);
    await waitFor('the attempts', async () => service.notification.mails.length >= 3);
    service.notification.answer = accept;
    for (const user of made) {
      const { attempts } = await rowOf(user, 'sent');
      expect(attempts).toBeGreaterThan(1);
    }
  });

  it('keeps no user whose mail cannot be promised', async () => {
    const user = newUser();
    await service.dataSource.query('ALTER TABLE outbox RENAME TO outbox_away');
    try {
      await users.signUp(user).expect(503);
      await users.get(user.username).expect(404);
    } finally {
      await service.dataSource.query('ALTER TABLE outbox_away RENAME TO outbox');
    }
    await users.signUp(user).expect(201);
    await rowOf(user, 'sent');
  });

  it('leaves no mail behind when it is refused', async () => {
    const user = await signUp();
    await rowOf(user, 'sent');
    await service.dataSource.query('DELETE FROM outbox');
    await users.signUp(user).expect(409);
    await users.signUp(newUser({ email: user.email })).expect(409);
    expect(await outboxRows(service.dataSource)).toEqual([]);
  });
});
