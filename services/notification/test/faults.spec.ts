import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { aMail, send, startApplication, type TestApplication } from './support/application.js';
import { type FakeSes, startFakeSes } from './support/fake-ses.js';

let ses: FakeSes;
beforeAll(async () => {
  ses = await startFakeSes();
});
afterAll(async () => {
  await ses.stop();
});

const start = (rate?: string): Promise<TestApplication> =>
  startApplication({ AWS_ENDPOINT_URL_SES: ses.url, ...(rate !== undefined && { FAULT_RATE: rate }) });

describe('FAULT_RATE', () => {
  it('of 1 fails every mail and every status page, sends nothing, and spares the probes', async () => {
    const test = await start('1');
    const answer = await send(test);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ code: 'FAULT_ON_PURPOSE' });
    for (const page of ['health-status', 'info', 'xray']) {
      await request(test.server).get(`/notification/${page}`).expect(500);
    }
    for (const probe of ['live', 'dependencies']) {
      await request(test.server).get(`/notification/health/${probe}`).expect(200);
    }
    await test.app.close();
    expect(ses.requests).toHaveLength(0);
  });

  it('of a half fails about half', async () => {
    const test = await start('0.5');
    let failed = 0;
    for (let index = 0; index < 200; index += 1) {
      const { status } = await request(test.server).get('/notification/xray');
      if (status === 500) failed += 1;
      else expect(status).toBe(200);
    }
    await test.app.close();
    // Six standard deviations from 100.
    expect(failed).toBeGreaterThan(57);
    expect(failed).toBeLessThan(143);
  });

  it('that is not set fails nothing', async () => {
    const test = await start();
    for (let index = 0; index < 50; index += 1) {
      await request(test.server).get('/notification/xray').expect(200);
    }
    expect((await send(test, aMail())).status).toBe(200);
    await test.app.close();
  });
});
