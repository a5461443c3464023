import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import request, { type Response } from 'supertest';
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
    await service.app.close();
    await proxy.stop();
    await database.drop();
  });

  async function start(mode: ProxyMode): Promise<void> {
    proxy = await startTcpProxy(Number(database.environment.DB_PORT), mode);
    service = await startApplication({ ...database.environment, DB_PORT: String(proxy.port) });
    users = new UsersApi(service.url);
  }

  const health = (name: string): Promise<Response> =>
    Promise.resolve(request(service.url).get(`/usermgmt/health/${name}`));

  /** Sends requests of every kind at once and expects each to be refused. @returns the time of the slowest */
  async function refuseAll(): Promise<number> {
    const someone = newUser();
    const kinds = [
      () => users.get('jane'),
      () => users.list(),
      () => users.list({ limit: '5' }),
      () => users.signUp(newUser()),
      () => users.put(someone),
      () => users.patch('jane', { enabled: true }),
      () => users.delete('jane'),
    ];
    const one = async (i: number): Promise<number> => {
      const begun = performance.now();
      const response = await kinds[i % kinds.length]!();
      expect(response.status).toBe(503);
      expect(response.headers['retry-after']).toBe('2');
      expect(response.body).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      return performance.now() - begun;
    };
    const all = Promise.all(Array.from({ length: AT_ONCE }, (_, i) => one(i)));
    expect((await health('live')).status).toBe(200);
    expect((await health('dependencies')).body).toMatchObject({ details: { database: { status: 'down' } } });
    return Math.max(...(await all));
  }

  /** The best of three times: that the machine is busy with something else breaks no promise. */
  async function expectOutage(): Promise<void> {
    let slowest = await refuseAll();
    for (let more = 2; more > 0 && slowest >= PROMISE_MS; more -= 1) slowest = await refuseAll();
    expect(slowest).toBeLessThan(PROMISE_MS);
  }

  async function expectService(): Promise<void> {
    await users.created();
    await users.signUp(newUser()).expect(201);
    await users.list().expect(200);
  }

  it.each(['refuse', 'hang', 'lose'] as const)(
    'at the start (%s): lives, refuses in time, serves when it comes',
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
    'in the middle (%s): refuses in time, recovers by itself',
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
