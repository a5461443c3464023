import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { passTime, startTime, stopTime } from '@usermgmt/testing/deadlines';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import request, { type Response } from 'supertest';
import { DEADLINE_MS } from '../src/database/deadline.js';
import { ready, startApplication, type TestApplication } from './support/application.js';
import { describeOnMysql, migrated, mysqlDatabase, type TestDatabase } from './support/database.js';
import { type ProxyMode, startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';
import { UsersApi } from './support/users-api.js';

/** What clients were promised. */
const PROMISE_MS = 3_000;
const AT_ONCE = 30;

describeOnMysql('a database that is away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let service: TestApplication;
  let users: UsersApi;

  beforeEach(async () => {
    database = await migrated(await mysqlDatabase());
  });
  afterEach(async () => {
    startTime();
    await service.app.close();
    await proxy.stop();
    await database.drop();
  });

  async function start(mode: ProxyMode, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    proxy = await startTcpProxy(Number(database.environment.DB_PORT), mode);
    service = await startApplication({
      ...database.environment,
      DB_PORT: String(proxy.port),
      ...environment,
    });
    users = new UsersApi(service.url);
  }

  const health = (name: string): Promise<Response> =>
    Promise.resolve(request(service.url).get(`/usermgmt/health/${name}`));

  const someone = newUser();
  const KINDS: [string, () => Promise<Response>][] = [
    ['GET /user', async () => users.get('jane')],
    ['GET /users', async () => users.list()],
    ['GET /users?limit', async () => users.list({ limit: '5' })],
    ['POST /user', async () => users.signUp(newUser())],
    ['PUT /user', async () => users.put(someone)],
    ['PATCH /user', async () => users.patch('jane', { enabled: true })],
    ['DELETE /user', async () => users.delete('jane')],
  ];

  function expectRefusal({ status, headers, body }: Response): void {
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('2');
    expect(body).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  }

  /** Sends requests of every kind at once and expects each to be refused. */
  async function expectOutage(): Promise<void> {
    const all = Promise.all(Array.from({ length: AT_ONCE }, (_, i) => KINDS[i % KINDS.length]![1]()));
    expect((await health('live')).status).toBe(200);
    expect((await health('dependencies')).body).toMatchObject({ details: { database: { status: 'down' } } });
    for (const response of await all) expectRefusal(response);
  }

  async function expectService(): Promise<void> {
    await users.created();
    await users.signUp(newUser()).expect(201);
    await users.list().expect(200);
  }

  it('keeps no request waiting for longer than one deadline, which is shorter than the promise', async () => {
    stopTime();
    await start('pass', { OUTBOX_POLL_MS: '60000' });
    await ready(service.url);
    await proxy.set('hang');
    for (const [kind, send] of KINDS) {
      const before = jest.getTimerCount();
      let response: Response | undefined;
      void send().then((answer) => {
        response = answer;
      });
      await waitFor(`${kind}: a deadline`, async () => jest.getTimerCount() > before);
      await passTime(DEADLINE_MS);
      expectRefusal(await waitFor(`${kind}: an answer`, async () => response));
    }
    expect(DEADLINE_MS).toBeLessThan(PROMISE_MS);
  }, 60_000);

  it.each(['refuse', 'hang', 'lose'] as const)(
    'at the start (%s): lives, refuses, serves when it comes',
    async (mode) => {
      await start(mode);
      expect((await health('live')).status).toBe(200);
      const notReady = await health('ready');
      expect(notReady.status).toBe(503);
      expect(notReady.body).toMatchObject({ details: { schema: { status: 'down' } } });
      await expectOutage();

      await proxy.set('pass');
      await ready(service.url);
      await expectService();
    },
    60_000,
  );

  it.each(['refuse', 'hang', 'lose'] as const)(
    'in the middle (%s): refuses, recovers by itself',
    async (mode) => {
      await start('pass');
      await ready(service.url);
      const kept = await users.created({ username: 'jane' });
      for (let round = 0; round < 2; round += 1) {
        await proxy.set(mode);
        await expectOutage();
        // Once the schema was seen, an outage of what all instances share makes none of them unready.
        expect((await health('ready')).status).toBe(200);
        await proxy.set('pass');
        await expectService();
      }
      expect((await users.get('jane')).body).toMatchObject({ email: kept.email });
    },
    60_000,
  );
});
