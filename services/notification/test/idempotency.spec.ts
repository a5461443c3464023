import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aMail, send, startApplication, type TestApplication } from './support/application.js';
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

describe('Idempotency-Key', () => {
  let count = 0;
  const newKey = (): Record<string, string> => ({ 'idempotency-key': `key-${(count += 1)}` });

  it('sends a repeated mail once, whatever the order of its fields and whatever `from` says', async () => {
    const key = newKey();
    const first = await send(
      test,
      { subject: 's', content: 'c', toEmails: ['a@example.com'], ccEmails: null },
      key,
    );
    const second = await send(
      test,
      { from: 'x', toEmails: ['a@example.com'], content: 'c', subject: 's' },
      key,
    );
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([200, undefined]);
    expect([second.status, second.headers['idempotency-replayed']]).toEqual([200, 'true']);
    expect(second.text).toBe('');
    expect(ses.requests).toHaveLength(1);
  });

  it('sends a mail again that has no key, or another one', async () => {
    for (const headers of [{}, {}, newKey(), newKey()]) await send(test, aMail(), headers);
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
    const first = send(test, aMail(), key);
    await arrival;
    const second = await send(test, aMail(), key);
    answer();
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });
    expect(second.headers['retry-after']).toBe('1');
    expect((await first).status).toBe(200);
    expect((await send(test, aMail(), key)).headers['idempotency-replayed']).toBe('true');
    expect(ses.requests).toHaveLength(1);
  });

  it('refuses another mail with the same key', async () => {
    const key = newKey();
    await send(test, aMail(), key);
    for (const change of [{ subject: 'other' }, { content: 'other' }, { bccEmails: ['b@example.com'] }]) {
      const response = await send(test, aMail(change), key);
      expect(response.status).toBe(422);
      expect(response.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    }
    expect(ses.requests).toHaveLength(1);
  });

  it('repeats a final refusal without asking again', async () => {
    const key = newKey();
    ses.answer = refuse(400, 'MessageRejected', 'Virus for private.person@example.com');
    const first = await send(test, aMail(), key);
    ses.answer = accept;
    const second = await send(test, aMail(), key);
    for (const response of [first, second]) {
      expect(response.status).toBe(422);
      const reason = 'SES: MessageRejected (HTTP 400)';
      expect(response.body).toMatchObject({ code: 'MESSAGE_REJECTED', reason });
    }
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(ses.requests).toHaveLength(1);
  });

  it('forgets an outage, so that the mail is sent when it is over', async () => {
    const key = newKey();
    ses.answer = refuse(500, 'InternalFailure');
    expect((await send(test, aMail(), key)).status).toBe(503);
    ses.answer = accept;
    const second = await send(test, aMail(), key);
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
    const response = await send(test, aMail(), { 'idempotency-key': key });
    expect(response.status).toBe(status);
    if (status === 400) expect(response.body).toMatchObject({ errors: [{ field: 'Idempotency-Key' }] });
    expect(ses.requests).toHaveLength(status === 200 ? 1 : 0);
  });
});
