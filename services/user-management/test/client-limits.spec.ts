import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { type LocalAuth, localAuth, SECRET } from './support/local-auth.js';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';

const LIMIT = 5;

let auth: LocalAuth;
let service: TestService;
beforeAll(async () => {
  auth = localAuth();
  service = await startService({
    ...auth.environment,
    TRUSTED_PROXIES: 'loopback',
    LOGIN_LIMIT_PER_MINUTE: String(LIMIT),
    AUTH_USER_CHECK_SECONDS: '0',
  });
});
afterAll(async () => {
  await service.stop();
  auth.drop();
});

async function ask(path: string, client: string, form: Record<string, string>, from: string) {
  const response = await fetch(`${service.url}/usermgmt/oauth/${path}`, {
    method: 'POST',
    headers: { 'x-forwarded-for': from, authorization: `Basic ${Buffer.from(client).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: response.status, code: body.code ?? body.error, body, headers: response.headers };
}

describe('wrong client secrets', () => {
  it.each([
    ['check_token', { token: 'x' }, '192.0.2.1'],
    ['revoke', { token: 'x' }, '192.0.2.2'],
    ['token', { grant_type: 'client_credentials' }, '192.0.2.3'],
    ['check_token', { token: 'x' }, '2001:db8:0:1::'],
  ])('are bounded by address: %s', async (path, form, from) => {
    for (let index = 0; index < LIMIT; index += 1) {
      const address = from.endsWith('::') ? `${from}${index + 1}` : from;
      expect(await ask(path, `reader:wrong-${index}`, form, address)).toMatchObject({
        status: 401,
        code: 'invalid_client',
      });
    }
    // Nor does an address learn then that a secret is right.
    const refused = await ask(path, `reader:${SECRET}`, form, from.endsWith('::') ? `${from}ff` : from);
    expect(refused).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('are counted together on all routes', async () => {
    for (const path of ['check_token', 'revoke', 'check_token', 'revoke', 'check_token']) {
      expect((await ask(path, 'gone:wrong', { token: 'x' }, '192.0.2.4')).status).toBe(401);
    }
    expect((await ask('revoke', 'gone:wrong', { token: 'x' }, '192.0.2.4')).status).toBe(429);
    expect((await ask('revoke', `reader:${SECRET}`, { token: 'x' }, '192.0.2.5')).status).toBe(200);
  });

  it('are not what a resource server sends, which may check as many tokens as it likes', async () => {
    for (let index = 0; index < 3 * LIMIT; index += 1) {
      expect((await ask('check_token', `reader:${SECRET}`, { token: 'x' }, '192.0.2.6')).status).toBe(400);
    }
  });
});

describe('checking a token', () => {
  it('tells the authorities of now, not those of the time when the token was made', async () => {
    const { username } = newUser();
    const password = await new PasswordHasher().hash('Pass@123');
    await insertUsers(service.dataSource, [{ username, password, role: 'ROLE_ADMIN' }]);
    const form = { grant_type: 'password', username, password: 'Pass@123' };
    const { body } = await ask('token', `login-only:${SECRET}`, form, '192.0.2.7');
    const authorities = async () => {
      const token = String(body.access_token);
      return (await ask('check_token', `reader:${SECRET}`, { token }, '192.0.2.7')).body.authorities;
    };
    expect(await authorities()).toEqual(['ROLE_ADMIN']);
    // By SQL, past the rule that another role ends all tokens.
    await service.dataSource.query('UPDATE users SET role = ? WHERE username = ?', ['ROLE_USER', username]);
    expect(await authorities()).toEqual(['ROLE_USER']);
  });
});
