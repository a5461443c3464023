import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailsIn } from './mailbox.ts';
import type { System } from './system.ts';
import { newUser, type NewUserBody, send } from './users.ts';
import { waitFor } from './wait.ts';

const json = async (response: Response | Promise<Response>): Promise<unknown> => (await response).json();
const statuses = (responses: Response[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

/** The REST contract (paths, fields, success meanings) as a client of the Java original sees it. */
export function describeContract(name: string, start: () => Promise<System>, startTimeoutMs: number): void {
  describe(`the contract, on ${name}`, () => {
    let system: System;
    const get = (path: string): Promise<Response> => fetch(`${system.users}/${path}`);
    /** Comes again if told to: a slow machine does not hash 50 passwords within the 3 s that each waits at most. */
    const signUp = async (user: NewUserBody): Promise<Response> => {
      for (let attempt = 1; ; attempt += 1) {
        const response = await send('POST', `${system.users}/user`, user);
        if (response.status !== 503 || attempt === 10) return response;
        expect(await response.json()).toMatchObject({ code: 'TOO_BUSY' });
        await sleep(Number(response.headers.get('retry-after')) * 1_000);
      }
    };
    const text = async (path: string): Promise<string> => {
      const response = await get(path);
      expect(response.status).toBe(200);
      return response.text();
    };

    beforeAll(async () => {
      system = await start();
      await waitFor('readiness', async () => (await get('health/ready')).ok);
    }, startTimeoutMs);
    afterAll(async () => {
      await system.stop();
    }, 60_000);

    it('answers the texts by which the course sees that it runs', async () => {
      expect(await text('health-status')).toBe('User Management Service UP and RUNNING - V1');
      expect(await text('health/status')).toBe('OK');
      expect(await text('hello')).toBe('Hello World - V1');
      expect(await json(get('hello-bean'))).toEqual({ message: 'Hello World Bean', appversion: 'V1' });
    });

    it('shows what notification says', async () => {
      expect(await text('notification-health-status')).toBe('Notification Service is UP and Running - V1');
      expect(await text('notification-service-info')).toMatch(
        /^Notification Service IP Address: \S+\nHostname: \S+\nApplication Version: V1\n?$/,
      );
      expect(await json(get('notification-xray'))).toEqual({
        applicationname: 'Notification Microservice',
        appversion: 'V1',
        message: 'Enabled AWS XRay',
      });
      expect(await json(get('ns-status'))).toEqual([
        expect.objectContaining({
          username: 'Notification Service',
          appversion: 'Notification Service is UP and Running - V1',
        }),
      ]);
    });

    it("takes the course's collection of requests, all with 2xx but the one for a user who is not there", async () => {
      const body = (username: string): object => ({
        ...newUser({ username }),
        role: 'ROLE_ADMIN',
      });
      const requests: (() => Promise<Response>)[] = [
        () => get('health-status'),
        () => send('POST', `${system.users}/user`, body('microtest1')),
        () => get('users'),
        () => send('POST', `${system.users}/adminuser`, body('admin1')),
        () => send('PUT', `${system.users}/user`, { ...body('admin1'), firstname: 'Changed' }),
        () => send('POST', `${system.users}/user`, body('microtest2')),
        () => fetch(`${system.users}/user/microtest2`, { method: 'DELETE' }),
        () => get('notification-health-status'),
        () => get('notification-service-info'),
        () => get('notification-xray'),
      ];
      for (const request of requests) {
        const { url, status } = await request();
        expect(`${url}: ${status}`).toMatch(/: 20\d$/);
      }
      expect((await fetch(`${system.users}/user/microtest2`, { method: 'DELETE' })).status).toBe(404);
      expect(await json(get('user/ADMIN1'))).toEqual({
        username: 'admin1',
        email: 'admin1@example.com',
        role: 'ROLE_ADMIN',
        enabled: true,
        firstname: 'Changed',
        lastname: 'Last',
        appversion: null,
      });
    });

    it('creates, shows, changes and deletes a user, and sends a mail', async () => {
      const user = newUser({ firstname: 'Ünal', role: 'ROLE_ADMIN' });
      const { password: _password, ...shown } = { ...user, role: 'ROLE_USER' };
      const created = await send('POST', `${system.users}/user`, user);
      expect(created.status).toBe(201);
      expect(created.headers.get('location')).toBe(`/usermgmt/user/${user.username}`);
      expect(await json(created)).toEqual({ ...shown, appversion: null });
      const mail = await waitFor('the mail', async () =>
        (await mailsIn(system.mailbox)).find(({ to }) => to.includes(user.email)),
      );
      expect(mail.subject).toBe('Your account');
      expect(mail.text).toContain('Hello Ünal,');
      const url = `${system.users}/user/${user.username}`;
      expect(await json(send('PATCH', url, { enabled: false }))).toMatchObject({ enabled: false });
      expect(await json(get(`users?email=${user.email.toUpperCase()}`))).toEqual([
        { ...shown, enabled: false, appversion: 'V1' },
      ]);
      expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
      expect((await fetch(url)).status).toBe(404);
    });

    it.each(['user name', 'e-mail address'])(
      'keeps one of 50 users that sign up at once with one %s',
      async (same) => {
        const first = newUser();
        const all = Array.from({ length: 50 }, (_, index) => {
          const other = newUser();
          if (same === 'user name') return { ...other, username: first.username };
          return { ...other, email: index % 2 ? first.email : first.email.toUpperCase() };
        });
        const responses = await Promise.all(all.map(signUp));
        expect(statuses(responses)).toEqual({ 201: 1, 409: 49 });
        const refused = responses.filter(({ status }) => status === 409);
        for (const response of refused) {
          expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
          expect(await response.json()).toMatchObject({
            code: same === 'user name' ? 'USERNAME_TAKEN' : 'EMAIL_TAKEN',
          });
        }
      },
      60_000,
    );

    it('pages through everybody', async () => {
      for (let index = 0; index < 5; index += 1) await send('POST', `${system.users}/adminuser`, newUser());
      const everybody = (await json(get('users'))) as { username: string }[];
      const seen: unknown[] = [];
      let next: string | undefined = '/usermgmt/users?limit=2';
      while (next !== undefined) {
        const page: Response = await fetch(new URL(next, system.users));
        seen.push(...((await page.json()) as unknown[]));
        next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
      }
      expect(everybody.length).toBeGreaterThanOrEqual(5);
      expect(seen).toEqual(everybody);
    });

    it('refuses the GETs that once wrote, and says what to do instead', async () => {
      const response = await get('status/nobody');
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBeTruthy();
      expect(JSON.stringify(await response.json())).toContain('PATCH');
    });

    it('makes the first administrator by command, with the password from standard input', async () => {
      const { username, email } = newUser();
      await system.command('admin', ['create', username, '--email', email], 'Pass@123\n');
      expect(await json(get(`user/${username}`))).toMatchObject({ role: 'ROLE_ADMIN', enabled: true });
    });

    it('lets operators look at the outbox', async () => {
      const lines = (await system.command('outbox', ['list', '--state', 'sent'])).trim().split('\n');
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ state: 'sent', attempts: 1 });
    });

    it('migrates again without doing anything', async () => {
      expect(await system.command('migrate', [])).toContain('nothing to do');
    });

    it('tells live from ready from what it uses', async () => {
      for (const base of [system.users, system.notification]) {
        for (const probe of ['live', 'ready', 'dependencies']) {
          expect((await fetch(`${base}/health/${probe}`)).status).toBe(200);
        }
        expect((await fetch(`${base}/docs`)).headers.get('content-type')).toContain('text/html');
      }
    });

    it('writes no address, name or password into its logs', async () => {
      const user = newUser({ username: 'planted-username', password: 'Planted@Password1' });
      await send('POST', `${system.users}/user`, { ...user, firstname: 'PlantedFirstname' });
      await send('POST', `${system.users}/user`, user);
      await fetch(`${system.users}/user/planted-nobody`);
      expect(await system.logs()).not.toMatch(/planted/i);
    });
  });
}
