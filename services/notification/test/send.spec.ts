import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { aMail, expectPrivacy, send, startApplication, type TestApplication } from './support/application.js';
import { accept, type FakeSes, startFakeSes } from './support/fake-ses.js';

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

/** The parameters of the one request that SES got whose name begins like this. */
function sent(prefix: string): Record<string, string> {
  expect(ses.requests).toHaveLength(1);
  return Object.fromEntries([...(ses.requests[0] ?? [])].filter(([name]) => name.startsWith(prefix)));
}

describe('POST /notification/send', () => {
  it('answers 200 without a body once the mail is accepted', async () => {
    const response = await send(test, aMail());
    expect(response.status).toBe(200);
    expect(response.text).toBe('');
    expect(response.headers['content-length']).toBe('0');
    expect(sent('Message.Subject')).toMatchObject({ 'Message.Subject.Data': 'Subject-of-the-test' });
  });

  it('ignores `from`, fields that it does not know, and what Accept says', async () => {
    const response = await send(test, aMail({ from: 'evil@example.com', priority: { x: 1 } }), {
      accept: 'image/png',
    });
    expect(response.status).toBe(200);
    expect(sent('Source')).toEqual({ Source: 'no-reply@example.com' });
    expect(JSON.stringify([...(ses.requests[0] ?? [])])).not.toContain('evil');
  });

  it.each(['from', 'ccEmails', 'bccEmails'])('takes null for %s as missing', async (field) => {
    expect((await send(test, aMail({ [field]: null }))).status).toBe(200);
    expect(sent('Destination')).toEqual({ 'Destination.ToAddresses.member.1': 'private.person@example.com' });
  });

  it('sends each address once, in the first place and spelling', async () => {
    const response = await send(
      test,
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
    const response = await send(test, aMail(change));
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({ status, code, errors: fields.map((field) => ({ field })) });
    expectPrivacy(response, test);
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
