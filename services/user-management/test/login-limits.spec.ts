import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { type AuditFile, auditFile } from './support/audit-file.js';
import { stopClock } from './support/clock.js';
import { type LocalAuth, localAuth, SECRET } from './support/local-auth.js';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';

const passwordHash = await new PasswordHasher().hash('Pass@123');

let auth: LocalAuth;
let audit: AuditFile;
let service: TestService;
beforeEach(() => {
  auth = localAuth();
  audit = auditFile();
});
afterEach(async () => {
  jest.useRealTimers();
  await service.stop();
  auth.drop();
  audit.drop();
});

/** @returns the name of a user with Pass@123 */
async function start(environment: Readonly<Record<string, string>>): Promise<string> {
  service = await startService({
    ...auth.environment,
    ...audit.environment,
    TRUSTED_PROXIES: 'loopback',
    ...environment,
  });
  const { username } = newUser();
  await insertUsers(service.dataSource, [{ username, password: passwordHash, role: 'ROLE_USER' }]);
  // Delays of a second would pass while a busy machine sends the next request.
  stopClock();
  return username;
}

interface Answer {
  status: number;
  code: string | undefined;
  retryAfter: string | null;
}

async function ask(form: Record<string, string>, from: string, client?: string): Promise<Answer> {
  const response = await fetch(`${service.url}/usermgmt/oauth/token`, {
    method: 'POST',
    headers: {
      'x-forwarded-for': from,
      ...(client && { authorization: `Basic ${Buffer.from(client).toString('base64')}` }),
    },
    body: new URLSearchParams(client ? form : { client_id: 'page', ...form }),
  });
  const { code, error } = (await response.json()) as { code?: string; error?: string };
  return { status: response.status, code: code ?? error, retryAfter: response.headers.get('retry-after') };
}

const login = (username: string, password: string, from = '192.0.2.1'): Promise<Answer> =>
  ask({ grant_type: 'password', username, password }, from);

describe('logins', () => {
  it('are bounded by address, whatever they are for', async () => {
    const username = await start({ LOGIN_LIMIT_PER_MINUTE: '4' });
    expect((await login(username, 'Pass@123')).status).toBe(200);
    expect((await login('nobody', 'Wrong@123')).status).toBe(400);
    expect((await ask({ grant_type: 'refresh_token', refresh_token: 'x' }, '192.0.2.1')).status).toBe(400);
    const byClient = () => ask({ grant_type: 'client_credentials' }, '192.0.2.1', `reader:${SECRET}`);
    expect((await byClient()).status).toBe(200);
    const refused = await byClient();
    expect(refused).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect((await login(username, 'Pass@123', '192.0.2.2')).status).toBe(200);
  });

  it('are bounded by account, and strangers do not use up the share of the owner', async () => {
    const username = await start({ LOGIN_LIMIT_PER_ACCOUNT: '5' });
    const owner = '198.51.100.1';
    expect((await login(username, 'Pass@123', owner)).status).toBe(200);
    for (let index = 0; index < 5; index += 1) {
      expect((await login(username.toUpperCase(), 'Wrong@123', `192.0.2.${index}`)).status).toBe(400);
    }
    expect(await login(username, 'Wrong@123', '192.0.2.9')).toMatchObject({
      status: 429,
      code: 'TOO_MANY_REQUESTS',
    });
    expect((await login(username, 'Pass@123', owner)).status).toBe(200);
    expect((await login('somebody-else', 'Wrong@123', '192.0.2.9')).status).toBe(400);
  });

  it('wait longer and longer after wrong passwords, the same whether there is such a user', async () => {
    const username = await start({ LOGIN_DELAY_MAX_SECONDS: '60' });
    for (const name of [username, 'nobody']) {
      for (let index = 0; index < 3; index += 1) {
        expect(await login(name, 'Wrong@123')).toMatchObject({ status: 400, code: 'invalid_grant' });
      }
      expect(await login(name, 'Pass@123')).toEqual({ status: 429, code: 'LOGIN_DELAYED', retryAfter: '1' });
    }
    jest.setSystemTime(Date.now() + 1_000);
    expect((await login(username, 'Wrong@123')).status).toBe(400);
    expect(await login(username, 'Pass@123')).toEqual({
      status: 429,
      code: 'LOGIN_DELAYED',
      retryAfter: '2',
    });
    expect((await login(username, 'Pass@123', '192.0.2.2')).status).toBe(200);
    expect((await login('nobody', 'Pass@123', '192.0.2.2')).status).toBe(400);
  });

  it('hash nothing while they wait', async () => {
    const username = await start({ LOGIN_DELAY_MAX_SECONDS: '60' });
    for (let index = 0; index < 3; index += 1) await login(username, 'Wrong@123');
    const check = jest.spyOn(service.app.get(PasswordHasher, { strict: false }), 'check');
    const refusals = await Promise.all(Array.from({ length: 50 }, () => login(username, 'Wrong@123')));
    expect(check).not.toHaveBeenCalled();
    for (const { status } of refusals) expect(status).toBe(429);
  });

  it('delay a change of the own password in the same way', async () => {
    const username = await start({ LOGIN_DELAY_MAX_SECONDS: '60' });
    const body = new URLSearchParams({
      client_id: 'page',
      grant_type: 'password',
      username,
      password: 'Pass@123',
    });
    const answer = await fetch(`${service.url}/usermgmt/oauth/token`, { method: 'POST', body });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const change = async (): Promise<number> => {
      const response = await fetch(`${service.url}/usermgmt/user/${username}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ password: 'Other@123', currentPassword: 'Wrong@123' }),
      });
      return response.status;
    };
    expect([await change(), await change(), await change(), await change()]).toEqual([403, 403, 403, 429]);
  });

  it('leave an audit line each, with the account and without its name', async () => {
    const username = await start({ LOGIN_DELAY_MAX_SECONDS: '60' });
    await login(username, 'Pass@123');
    for (let index = 0; index < 4; index += 1) await login(username, 'Wrong@123', '192.0.2.7');
    const lines = audit.news();
    expect(lines.map(({ what, outcome, status, code, from }) => [what, outcome, status, code, from])).toEqual(
      [
        ['POST /usermgmt/oauth/token', 'done', 200, undefined, '192.0.2.1'],
        ['POST /usermgmt/oauth/token', 'refused', 400, 'INVALID_GRANT', '192.0.2.7'],
        ['POST /usermgmt/oauth/token', 'refused', 400, 'INVALID_GRANT', '192.0.2.7'],
        ['POST /usermgmt/oauth/token', 'refused', 400, 'INVALID_GRANT', '192.0.2.7'],
        ['POST /usermgmt/oauth/token', 'refused', 429, 'LOGIN_DELAYED', '192.0.2.7'],
      ],
    );
    expect(new Set(lines.map(({ onWhom }) => onWhom)).size).toBe(1);
    expect(audit.text()).not.toContain(username);
  });

  it('beyond what can be hashed are told to come again', async () => {
    const username = await start({ LOGIN_LIMIT_PER_ACCOUNT: '1000' });
    const flood = Array.from({ length: 500 }, (_, index) =>
      login(username, 'Wrong@123', `10.0.${index >> 8}.${index & 255}`),
    );
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expect(answer).toEqual({ status: 503, code: 'TOO_BUSY', retryAfter: '1' });
  }, 30_000);
});
