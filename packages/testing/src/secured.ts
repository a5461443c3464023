import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logIn, type Login } from './login.ts';
import { mailsIn } from './mailbox.ts';
import type { System } from './system.ts';
import { newUser, send } from './users.ts';
import { waitFor } from './wait.ts';

const PASSWORD = 'Planted@Pass1';

/** What holds of the whole product when it is closed, from outside: from the first administrator to a mail. */
export function describeSecured(name: string, start: () => Promise<System>, startTimeoutMs: number): void {
  describe(`closed, on ${name}`, () => {
    let system: System;
    let admin: string;
    const secrets: string[] = [PASSWORD];

    beforeAll(async () => {
      system = await start();
      await waitFor('readiness', async () => (await fetch(`${system.users}/health/ready`)).ok);
    }, startTimeoutMs);
    afterAll(async () => {
      await system.stop();
    }, 60_000);

    const login = async (username: string): Promise<Login> => {
      const answer = await logIn(system.users, username, PASSWORD);
      if (answer.token !== '') secrets.push(answer.token, answer.refreshToken);
      return answer;
    };
    const call = (method: string, url: string, token?: string, body?: object): Promise<Response> =>
      fetch(url, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });

    it('lets nobody in but to what shows that it runs', async () => {
      for (const path of ['users', 'user/x', 'ns-status', 'notification-xray']) {
        const response = await call('GET', `${system.users}/${path}`);
        expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      }
      for (const path of ['health/live', 'health/ready', 'health/dependencies', 'hello', 'health-status']) {
        expect((await call('GET', `${system.users}/${path}`)).status).toBe(200);
      }
    });

    it('has its first administrator from a command, who logs in and may do everything', async () => {
      const { username, email } = newUser();
      await system.command('admin', ['create', username, '--email', email], `${PASSWORD}\n`);
      const { status, token } = await login(username);
      expect(status).toBe(200);
      admin = token;
      const users = (await (await call('GET', `${system.users}/users`, admin)).json()) as object[];
      expect(users).toContainEqual(expect.objectContaining({ username, role: 'ROLE_ADMIN' }));
      for (const path of ['ns-status', 'notification-xray', 'notification-service-info']) {
        expect((await call('GET', `${system.users}/${path}`, admin)).status).toBe(200);
      }
    });

    it('lets somebody sign up, sends the mail, and lets them in once they are activated', async () => {
      const user = newUser({ password: PASSWORD });
      const signedUp = await send('POST', `${system.users}/user`, user);
      expect(signedUp.status).toBe(201);
      expect(await signedUp.json()).toMatchObject({ role: 'ROLE_USER', enabled: false });
      await waitFor('the mail', async () =>
        (await mailsIn(system.mailbox)).find(({ to }) => to.includes(user.email)),
      );
      expect((await login(user.username)).status).toBe(400);
      const url = `${system.users}/user/${user.username}`;
      expect((await call('PATCH', url, admin, { enabled: true })).status).toBe(200);
      const { token } = await login(user.username);
      expect((await call('GET', url, token)).status).toBe(200);
      expect((await call('GET', `${system.users}/users`, token)).status).toBe(403);
      const asAdmin = { ...newUser(), role: 'ROLE_ADMIN' };
      const refused = await send('POST', `${system.users}/user`, asAdmin);
      expect([refused.status, await refused.json()]).toEqual([
        403,
        expect.objectContaining({ code: 'ROLE_NOT_ALLOWED' }),
      ]);
    });

    it('ends all logins of somebody by a command', async () => {
      const user = { ...newUser({ password: PASSWORD, role: 'ROLE_MODERATOR' }), enabled: true };
      await call('POST', `${system.users}/adminuser`, admin, user);
      const { token } = await login(user.username);
      const url = `${system.users}/users`;
      expect((await call('GET', url, token)).status).toBe(200);
      await system.command('admin', ['end-logins', user.username]);
      // Another process did it, so it counts when AUTH_USER_CHECK_SECONDS are over (user-states.spec.ts).
      await waitFor('the end', async () => (await call('GET', url, token)).status === 401, 60_000, 250);
      await expect(system.command('admin', ['end-logins', 'nobody-here'])).rejects.toThrow();
    });

    it('takes mails from user-management only', async () => {
      const mail = { subject: 's', content: 'c', toEmails: ['x@example.com'] };
      const url = `${system.notification}/send`;
      expect((await call('POST', url, undefined, mail)).status).toBe(401);
      expect((await call('POST', url, admin, mail)).status).toBe(401);
      expect((await call('GET', `${system.notification}/health-status`)).status).toBe(200);
    });

    it('writes no token and no password into its logs', async () => {
      const logs = await system.logs();
      expect(secrets.length).toBeGreaterThan(3);
      for (const secret of secrets) expect(logs).not.toContain(secret);
      expect(logs).not.toMatch(/PRIVATE KEY|Bearer ey/);
    });
  });
}
