import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aMail, expectPrivacy, send, startApplication } from './support/application.js';
import { type FakeSes, startFakeSes } from './support/fake-ses.js';

let ses: FakeSes;

beforeAll(async () => {
  ses = await startFakeSes();
});

afterAll(() => ses.stop());

describe('SES_MAX_SEND_RATE', () => {
  it('is held by recipients, with 503 and Retry-After, not with waiting', async () => {
    const limited = await startApplication({ AWS_ENDPOINT_URL_SES: ses.url, SES_MAX_SEND_RATE: '2' });
    const toEmails = Array.from({ length: 9 }, (_, i) => `p${i}@example.com`);
    // However long the machine takes, nothing comes back into the stock.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    const first = await send(limited, aMail({ toEmails }));
    const second = await send(limited, aMail(), { 'idempotency-key': 'limited' });
    clock.mockRestore();
    await limited.app.close();
    expect(first.status).toBe(200);
    expect(second.status).toBe(503);
    expect(second.body).toMatchObject({ code: 'MAIL_THROTTLED' });
    expect(second.headers['retry-after']).toBe('4'); // 9 taken of 2: 8 more are needed, at 2 a second.
    expect(ses.requests).toHaveLength(1);
    expectPrivacy(second, limited);
  });
});
