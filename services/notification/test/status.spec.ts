import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startApplication, type TestApplication } from './support/application.js';
import { type FakeSes, startFakeSes } from './support/fake-ses.js';

let ses: FakeSes;
let test: TestApplication;

beforeAll(async () => {
  ses = await startFakeSes();
  test = await startApplication({ AWS_ENDPOINT_URL_SES: ses.url, APP_VERSION: 'V7' });
});

afterAll(async () => {
  await test.app.close();
  await ses.stop();
});

describe('the status pages', () => {
  it.each(['/notification/health-status', '/notification/health-status/'])('answers %s', async (path) => {
    const response = await request(test.server).get(path).expect(200);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.text).toBe('Notification Service is UP and Running - V7');
  });

  it('answers /info with three lines', async () => {
    const response = await request(test.server).get('/notification/info').expect(200);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    const [address, host, version, ...more] = response.text.split('\n');
    expect(address).toMatch(/^Notification Service IP Address: /);
    expect(isIP(address?.slice('Notification Service IP Address: '.length) ?? '')).not.toBe(0);
    expect(host).toBe(`Hostname: ${hostname()}`);
    expect(version).toBe('Application Version: V7');
    expect(more).toEqual([]);
  });

  it('answers /xray', async () => {
    const response = await request(test.server).get('/notification/xray').expect(200);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.body).toEqual({
      applicationname: 'Notification Microservice',
      appversion: 'V7',
      message: 'Enabled AWS XRay',
    });
  });

  it.each(['health-status', 'info', 'health/live', 'health/dependencies'])(
    'answers %s to any Accept',
    async (path) => {
      for (const accept of ['application/json', 'application/xml', 'text/html', 'image/png', 'x', '']) {
        const response = await request(test.server).get(`/notification/${path}`).set('accept', accept);
        expect([accept, response.status]).toEqual([accept, 200]);
      }
    },
  );

  it('answers 406 where JSON is refused', async () => {
    const response = await request(test.server)
      .get('/notification/xray')
      .set('accept', 'image/png')
      .expect(406);
    expect(response.body).toMatchObject({ code: 'NOT_ACCEPTABLE' });
  });

  it.each(['/notification', '/notification/', '/notification?x=y'])(
    'leads from %s to its page',
    async (path) => {
      for (const accept of ['*/*', 'text/html', 'application/json', 'image/png']) {
        const response = await request(test.server).get(path).set('accept', accept).expect(302);
        expect(response.headers.location).toBe('/notification/docs');
      }
      await request(test.server).head(path).expect(302);
      await request(test.server).get('/notification/docs/').expect(200);
    },
  );

  it('is version V1 by default', async () => {
    const { app, server } = await startApplication();
    const response = await request(server).get('/notification/health-status');
    await app.close();
    expect(response.text).toBe('Notification Service is UP and Running - V1');
  });
});

describe('/health/dependencies', () => {
  it('reports whether the mail server can be reached', async () => {
    const up = await request(test.server).get('/notification/health/dependencies').expect(200);
    expect(up.body).toMatchObject({ status: 'ok', details: { mail: { status: 'up' } } });
    expect(ses.requests).toHaveLength(0);
  });

  it('reports a mail server that is down; liveness does not care', async () => {
    const gone = await startFakeSes();
    await gone.stop();
    const { app, server } = await startApplication({ AWS_ENDPOINT_URL_SES: gone.url });
    const down = await request(server).get('/notification/health/dependencies').expect(503);
    await request(server).get('/notification/health/live').expect(200);
    await app.close();
    expect(down.body).toMatchObject({
      details: { mail: { status: 'down', reason: 'cannot connect to SES: ECONNREFUSED' } },
    });
  });
});
