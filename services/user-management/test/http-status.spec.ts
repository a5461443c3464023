import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HealthChecks, KEEP_MS } from '@usermgmt/service-kit/health';
import { Lifecycle } from '@usermgmt/service-kit/lifecycle';
import { waitFor } from '@usermgmt/testing/wait';
import request from 'supertest';
import { NOTIFICATION_TIMEOUT_MS } from '../src/notification/notification.client.js';
import { ready, startApplication } from './support/application.js';
import { migrated, sqliteDatabase } from './support/database.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService({ APP_VERSION: 'V7' });
});
afterAll(() => service.stop());

const get = (path: string) => request(service.url).get(`/usermgmt/${path}`);

/** Resolves when the service has had this many requests more. */
function waitForRequests(count: number): Promise<void> {
  const server = service.app.getHttpServer();
  return new Promise((resolve) => {
    let seen = 0;
    server.on('request', function note() {
      seen += 1;
      if (seen < count) return;
      server.off('request', note);
      resolve();
    });
  });
}

describe('the pages of the original', () => {
  it.each([
    ['health-status', 'User Management Service UP and RUNNING - V7'],
    ['health/status', 'OK'],
    ['hello', 'Hello World - V7'],
    ['notification-health-status', 'Notification Service is UP and Running - V1'],
    [
      'notification-service-info',
      'Notification Service IP Address: 10.0.0.1\nHostname: notification-1\nApplication Version: V1',
    ],
  ])('%s is a text', async (path, text) => {
    const response = await get(path).expect(200);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.text).toBe(text);
  });

  it.each([
    ['hello-bean', { message: 'Hello World Bean', appversion: 'V7' }],
    [
      'notification-xray',
      { applicationname: 'Notification Microservice', appversion: 'V1', message: 'Enabled AWS XRay' },
    ],
    [
      'ns-status',
      [
        {
          ...{ username: 'Notification Service', email: null, role: null, enabled: false },
          ...{ firstname: null, lastname: null },
          appversion: 'Notification Service is UP and Running - V1',
        },
      ],
    ],
  ])('%s is JSON', async (path, body) => {
    const response = await get(path).expect(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.body).toEqual(body);
  });

  it('come from notification on a connection each, so that all of its pods are asked', async () => {
    const before = service.notification.connections;
    for (let index = 0; index < 5; index += 1) await get('notification-xray').expect(200);
    expect(service.notification.connections - before).toBe(5);
  });

  it.each(['notification-health-status', 'notification-service-info', 'notification-xray', 'ns-status'])(
    '%s opens at most 16 connections at the same time, and answers 50 clients',
    async (path) => {
      const held: (() => void)[] = [];
      const answerPage = service.notification.answerPage;
      service.notification.answerPage = (response, text) => {
        held.push(() => response.end(text));
      };
      const arrived = waitForRequests(50);
      const answers = Array.from({ length: 50 }, () => get(path).then(({ status }) => status));
      await arrived;
      await waitFor('the calls', () => Promise.resolve(held.length >= 16));
      await get('health/live').expect(200);
      expect(held).toHaveLength(16);
      service.notification.answerPage = answerPage;
      for (const release of held) release();
      expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    },
  );

  it('refuse clients when 64 others wait already', async () => {
    const held: (() => void)[] = [];
    const answerPage = service.notification.answerPage;
    service.notification.answerPage = (response, text) => {
      held.push(() => response.end(text));
    };
    const arrived = waitForRequests(100);
    const answers = Array.from({ length: 100 }, () => get('notification-xray').then((answer) => answer));
    await arrived;
    await waitFor('the calls', () => Promise.resolve(held.length >= 16));
    service.notification.answerPage = answerPage;
    for (const release of held) release();
    const refused = (await Promise.all(answers)).filter(({ status }) => status !== 200);
    expect(refused.length).toBe(20);
    for (const { status, headers, body } of refused) {
      expect([status, body.code, headers['retry-after']]).toEqual([503, 'TOO_BUSY', '1']);
    }
  });

  it('are one connection for 100 requests that ask for the dependencies', async () => {
    const before = service.notification.connections;
    for (let index = 0; index < 100; index += 1) await get('health/dependencies').expect(200);
    expect(service.notification.connections - before).toBe(1);
  });

  it('show version V1 when APP_VERSION is not set', async () => {
    const database = await migrated(await sqliteDatabase());
    const { app, url } = await startApplication(database.environment);
    const response = await request(url).get('/usermgmt/hello');
    await app.close();
    await database.drop();
    expect(response.text).toBe('Hello World - V1');
  });
});

describe('the context path', () => {
  it.each(['/usermgmt', '/usermgmt/', '/usermgmt?x=y'])(
    '%s leads to the documentation page',
    async (path) => {
      for (const accept of ['*/*', 'text/html', 'application/json', 'image/png']) {
        const response = await request(service.url).get(path).set('accept', accept).expect(302);
        expect(response.headers.location).toBe('/usermgmt/docs');
      }
      const head = await request(service.url).head(path).expect(302);
      expect(head.headers.location).toBe('/usermgmt/docs');
      await request(service.url).get('/usermgmt/docs/').expect(200);
    },
  );

  it('takes no other method', async () => {
    const response = await request(service.url).post('/usermgmt').expect(405);
    expect(response.headers.allow).toBe('GET, HEAD, OPTIONS');
  });
});

describe("notification's pages without notification", () => {
  const pages = ['notification-health-status', 'notification-service-info', 'notification-xray', 'ns-status'];

  async function expectUnavailable(path: string): Promise<void> {
    const response = await get(path).expect(503);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.body).toMatchObject({ code: 'NOTIFICATION_UNAVAILABLE' });
  }

  it.each(pages)('%s is a 503 when notification fails', async (path) => {
    service.notification.answerPage = (response) => {
      response.writeHead(500).end('secret');
    };
    await expectUnavailable(path);
  });

  it.each(pages)('%s is a 503 when notification sends elsewhere, which nobody follows', async (path) => {
    let asked = 0;
    service.notification.answerPage = (response) => {
      asked += 1;
      response.writeHead(307, { location: '/notification/elsewhere' }).end();
    };
    await expectUnavailable(path);
    expect(asked).toBe(1);
  });

  it('notification-xray is a 503 when notification says what is no JSON', async () => {
    service.notification.answerPage = (response) => {
      response.end('<html>');
    };
    await expectUnavailable('notification-xray');
  });

  it('all are a 503 after the deadline of 2 s when notification does not answer', async () => {
    service.notification.answerPage = () => undefined;
    await Promise.all(pages.map(expectUnavailable));
    expect(NOTIFICATION_TIMEOUT_MS).toBe(2_000);
  });
});

describe('health', () => {
  it('is alive and ready; dependencies tell of notification when it is away', async () => {
    let later = KEEP_MS;
    service.app.get(HealthChecks).now = () => performance.now() + later;
    service.notification.answerPage = (response) => {
      response.writeHead(503).end();
    };
    expect((await get('health/live').expect(200)).body).toMatchObject({ status: 'ok' });
    expect((await get('health/ready').expect(200)).body).toMatchObject({
      status: 'ok',
      details: { serving: { status: 'up' }, schema: { status: 'up' } },
    });
    expect((await get('health/dependencies').expect(503)).body).toMatchObject({
      status: 'error',
      details: {
        database: { status: 'up' },
        notification: { status: 'down', reason: 'NOTIFICATION_UNAVAILABLE' },
      },
    });
    service.notification.answerPage = (response) => {
      response.end('UP');
    };
    later *= 2;
    expect((await get('health/dependencies').expect(200)).body).toMatchObject({ status: 'ok' });
  });

  it('is not ready until the schema is there; then it is, without a new start', async () => {
    const database = await sqliteDatabase();
    const { app, url } = await startApplication(database.environment);
    const before = await waitFor('the connection', async () => {
      const response = await request(url).get('/usermgmt/health/ready');
      return response.body.details.schema.reason !== 'not connected yet' && response;
    });
    const live = await request(url).get('/usermgmt/health/live');
    const users = await request(url).get('/usermgmt/users');
    await migrated(database);
    await ready(url);
    const after = await request(url).get('/usermgmt/users');
    await app.close();
    await database.drop();
    expect(before.status).toBe(503);
    expect(before.body.details.schema).toEqual({
      status: 'down',
      reason: 'the schema is not there yet: run the migrate command',
    });
    expect(live.status).toBe(200);
    expect(users.status).toBe(503);
    expect(users.body).toMatchObject({ code: 'SCHEMA_NOT_READY' });
    expect([after.status, after.body]).toEqual([200, []]);
  });

  it('stays alive, but is not ready and keeps no connection, once it drains', async () => {
    const draining = await startService();
    draining.app.get(Lifecycle).drain();
    const notReady = await request(draining.url).get('/usermgmt/health/ready');
    const live = await request(draining.url).get('/usermgmt/health/live');
    const users = await request(draining.url).get('/usermgmt/users');
    await draining.stop();
    expect([notReady.status, live.status, users.status]).toEqual([503, 200, 200]);
    for (const { headers } of [notReady, live, users]) expect(headers.connection).toBe('close');
  });
});
