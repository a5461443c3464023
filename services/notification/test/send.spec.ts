import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { aMail, PRIVATE, startApplication, type TestApplication } from './support/application.js';
import { accept, type FakeSes, refuse, startFakeSes } from './support/fake-ses.js';

let ses: FakeSes;
let test: TestApplication;

beforeAll(async () => {
  ses = await startFakeSes();
  test = await startApplication({ AWS_ENDPOINT_URL_SES: ses.url });
});

afterAll(async () => {
  await test.app.close();
  await ses.stop();
});

beforeEach(() => {
  ses.answer = accept;
  ses.requests.length = 0;
  test.logs.length = 0;
});

const send = (body: unknown, headers: Record<string, string> = {}, server = test.server): Promise<Response> =>
  Promise.resolve(
    request(server)
      .post('/notification/send')
      .set(headers)
      .send(body as object),
  );

/** The parameters of the one request that SES got whose name begins like this. */
function sent(prefix: string): Record<string, string> {
  expect(ses.requests).toHaveLength(1);
  return Object.fromEntries([...(ses.requests[0] ?? [])].filter(([name]) => name.startsWith(prefix)));
}

describe('POST /notification/send', () => {
  it('answers 200 without a body once the mail is accepted', async () => {
    const response = await send(aMail());
    expect(response.status).toBe(200);
    expect(response.text).toBe('');
    expect(response.headers['content-length']).toBe('0');
    expect(sent('Message.Subject')).toMatchObject({ 'Message.Subject.Data': 'Subject-of-the-test' });
  });

  it('ignores `from`, fields that it does not know, and what Accept says', async () => {
    const response = await send(aMail({ from: 'evil@example.com', priority: { x: 1 } }), {
      accept: 'image/png',
    });
    expect(response.status).toBe(200);
    expect(sent('Source')).toEqual({ Source: 'no-reply@example.com' });
    expect(JSON.stringify([...(ses.requests[0] ?? [])])).not.toContain('evil');
  });

  it('sends each address once, in the first place and spelling', async () => {
    const response = await send(
      aMail({
        toEmails: ['Jane@Example.com', 'jane@example.com', 'ann@example.com'],
        ccEmails: ['JANE@example.com', 'joe@example.com'],
        bccEmails: ['Joe@example.com', 'sue@example.com'],
      }),
    );
    expect(response.status).toBe(200);
    expect(sent('Destination')).toEqual({
      'Destination.ToAddresses.member.1': 'Jane@Example.com',
      'Destination.ToAddresses.member.2': 'ann@example.com',
      'Destination.CcAddresses.member.1': 'joe@example.com',
      'Destination.BccAddresses.member.1': 'sue@example.com',
    });
  });

  it.each([
    [{ subject: undefined }, 400, 'VALIDATION_FAILED', ['subject']],
    [
      { content: null, subject: 'a\r\nBcc: private.person@example.com' },
      400,
      'VALIDATION_FAILED',
      ['subject', 'content'],
    ],
    [{ toEmails: [] }, 400, 'VALIDATION_FAILED', ['toEmails']],
    [{ toEmails: ['private.person@example.com\r\n'] }, 400, 'VALIDATION_FAILED', ['toEmails.0']],
    [
      { toEmails: Array.from({ length: 51 }, (_, i) => `private.person${i}@example.com`) },
      400,
      'VALIDATION_FAILED',
      ['toEmails'],
    ],
    [{ ccEmails: ['private.person@', 'a@example.com'] }, 422, 'RECIPIENT_MALFORMED', ['ccEmails.0']],
  ])('refuses %j', async (change, status, code, fields) => {
    const response = await send(aMail(change));
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({ status, code, errors: fields.map((field) => ({ field })) });
    for (const secret of PRIVATE) expect(response.text).not.toContain(secret);
    expect(ses.requests).toHaveLength(0);
  });

  it('is only a POST: nothing else sends a mail', async () => {
    for (const method of ['head', 'get', 'put', 'delete'] as const) {
      const response = await request(test.server)[method]('/notification/send').send();
      expect(response.status).toBe(405);
      expect(response.headers.allow).toMatch(/\bPOST$/);
    }
    expect(ses.requests).toHaveLength(0);
  });

  it('answers no input with a 500', async () => {
    const deep = (depth: number): string => `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const bodies: [body: string, type: string][] = [
      ...['', ' ', 'null', '[]', '5', '"x"', '{', '{"subject":', 'true', '{"__proto__":{"subject":1}}'].map(
        (body): [string, string] => [body, 'application/json'],
      ),
      ...[100, 1_000, 5_000, 40_000].map((depth): [string, string] => [deep(depth), 'application/json']),
      [JSON.stringify(aMail({ toEmails: Array(20_000).fill(1) })), 'application/json'],
      [JSON.stringify(aMail({ toEmails: Array(3_000).fill('a@example.com') })), 'application/json'],
      [
        JSON.stringify(aMail({ subject: { toString: 1 }, content: { length: 5 }, constructor: 1 })),
        'application/json',
      ],
      [JSON.stringify(aMail({ subject: '\ud800', content: '\udfff' })), 'application/json'],
      [JSON.stringify(aMail({ content: 'x'.repeat(110_000) })), 'application/json'],
      [JSON.stringify(aMail()), 'text/plain'],
      ['subject=x', 'application/x-www-form-urlencoded'],
      [JSON.stringify(aMail()), 'application/json; charset=utf-16'],
    ];
    for (const [body, type] of bodies) {
      const response = await request(test.server)
        .post('/notification/send')
        .set('content-type', type)
        .send(body);
      if (response.status >= 500) throw new Error(`${response.status} for ${body.slice(0, 40)}`);
      if (response.status !== 200) expect(response.body).toMatchObject({ code: expect.any(String) });
    }
    expect(test.logs).toEqual([]);
  });
});

describe('Idempotency-Key', () => {
  let count = 0;
  const newKey = (): Record<string, string> => ({ 'idempotency-key': `key-${(count += 1)}` });

  it('sends a repeated mail once, whatever the order of its fields and whatever `from` says', async () => {
    const key = newKey();
    const first = await send(
      { subject: 's', content: 'c', toEmails: ['a@example.com'], ccEmails: null },
      key,
    );
    const second = await send({ from: 'x', toEmails: ['a@example.com'], content: 'c', subject: 's' }, key);
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([200, undefined]);
    expect([second.status, second.headers['idempotency-replayed']]).toEqual([200, 'true']);
    expect(second.text).toBe('');
    expect(ses.requests).toHaveLength(1);
  });

  it('sends a mail again that has no key, or another one', async () => {
    for (const headers of [{}, {}, newKey(), newKey()]) await send(aMail(), headers);
    expect(ses.requests).toHaveLength(4);
  });

  it('answers 409 while the first request is under way', async () => {
    const key = newKey();
    let arrived = (): void => undefined;
    let answer = (): void => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    ses.answer = (response) => {
      answer = () => {
        accept(response);
      };
      arrived();
    };
    const first = send(aMail(), key);
    await arrival;
    const second = await send(aMail(), key);
    answer();
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });
    expect(second.headers['retry-after']).toBe('1');
    expect((await first).status).toBe(200);
    expect((await send(aMail(), key)).headers['idempotency-replayed']).toBe('true');
    expect(ses.requests).toHaveLength(1);
  });

  it('refuses another mail with the same key', async () => {
    const key = newKey();
    await send(aMail(), key);
    for (const change of [{ subject: 'other' }, { content: 'other' }, { bccEmails: ['b@example.com'] }]) {
      const response = await send(aMail(change), key);
      expect(response.status).toBe(422);
      expect(response.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    }
    expect(ses.requests).toHaveLength(1);
  });

  it('repeats a final refusal without asking again', async () => {
    const key = newKey();
    ses.answer = refuse(400, 'MessageRejected', 'private.person@example.com');
    const first = await send(aMail(), key);
    ses.answer = accept;
    const second = await send(aMail(), key);
    for (const response of [first, second]) {
      expect(response.status).toBe(422);
      expect(response.body).toMatchObject({ code: 'MESSAGE_REJECTED' });
    }
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(ses.requests).toHaveLength(1);
  });

  it('forgets an outage, so that the mail is sent when it is over', async () => {
    const key = newKey();
    ses.answer = refuse(500, 'InternalFailure');
    expect((await send(aMail(), key)).status).toBe(503);
    ses.answer = accept;
    const second = await send(aMail(), key);
    expect([second.status, second.headers['idempotency-replayed']]).toEqual([200, undefined]);
    expect(ses.requests).toHaveLength(2);
  });

  it.each([
    ['x'.repeat(255), 200],
    ['!~"{}', 200],
    ['x'.repeat(256), 400],
    ['', 400],
    ['two words', 400],
    ['tab\there', 400],
    ['é', 400],
  ])('takes visible ASCII characters only: %j', async (key, status) => {
    const response = await send(aMail(), { 'idempotency-key': key });
    expect(response.status).toBe(status);
    if (status === 400) expect(response.body).toMatchObject({ errors: [{ field: 'Idempotency-Key' }] });
    expect(ses.requests).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe('SES_MAX_SEND_RATE', () => {
  it('is held by recipients, with 503 and Retry-After, not with waiting', async () => {
    const { app, server, logs } = await startApplication({
      AWS_ENDPOINT_URL_SES: ses.url,
      SES_MAX_SEND_RATE: '2',
    });
    const toEmails = Array.from({ length: 9 }, (_, i) => `p${i}@example.com`);
    const start = performance.now();
    const first = await send(aMail({ toEmails }), {}, server);
    const second = await send(aMail(), { 'idempotency-key': 'limited' }, server);
    expect(performance.now() - start).toBeLessThan(1_000);
    await app.close();
    expect(first.status).toBe(200);
    expect(second.status).toBe(503);
    expect(second.body).toMatchObject({ code: 'MAIL_THROTTLED' });
    expect(second.headers['retry-after']).toBe('4'); // 9 taken of 2: 8 more are needed, at 2 a second.
    expect(ses.requests).toHaveLength(1);
    for (const secret of PRIVATE) expect(logs.join('\n')).not.toContain(secret);
  });
});
