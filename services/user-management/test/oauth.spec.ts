import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { hash as bcrypt } from 'bcryptjs';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';
import { REPEAT_MS } from '../src/oauth/refresh-tokens.repository.js';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { type LocalAuth, localAuth, SECRET } from './support/local-auth.js';
import { OAuthApi } from './support/oauth-api.js';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';

let auth: LocalAuth;
let service: TestService;
let oauth: OAuthApi;
let passwordHash: string;

beforeAll(async () => {
  auth = localAuth();
  service = await startService(auth.environment);
  oauth = new OAuthApi(service.url);
  passwordHash = await new PasswordHasher().hash('Pass@123');
});
afterAll(async () => {
  await service.stop();
  auth.drop();
});

/** A user who can log in with Pass@123. */
async function user(changes: { role?: string; enabled?: boolean; password?: string } = {}): Promise<string> {
  const { username } = newUser();
  await insertUsers(service.dataSource, [{ username, password: passwordHash, ...changes }]);
  return username;
}

const invalidGrant = { error: 'invalid_grant', error_description: 'Bad credentials' };

describe('the grant password', () => {
  it("answers in the original's form, and is not to be kept by caches", async () => {
    const username = await user({ role: 'ROLE_MODERATOR' });
    const { status, headers, body } = await oauth.password(username.toUpperCase());
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      refresh_token: expect.any(String),
      expires_in: 3_600,
      scope: 'all',
      jti: expect.any(String),
    });
    const now = Math.floor(Date.now() / 1_000);
    const claims = decodeJwt(String(body.access_token));
    expect(claims).toMatchObject({
      iss: 'usermgmt',
      sub: username,
      aud: 'usermgmt',
      client_id: 'page',
      scope: ['all'],
      user_name: username,
      authorities: ['ROLE_MODERATOR'],
      jti: body.jti,
    });
    expect(Math.abs(claims.exp! - now - 3_600)).toBeLessThan(5);
    expect(await oauth.status('users', body.access_token)).toBe(200);
  });

  it.each(['page', `login-only:${SECRET}`])('is for the client %s', async (client) => {
    const { status, body } = await oauth.password(await user(), 'Pass@123', client);
    expect(status).toBe(200);
    expect('refresh_token' in body).toBe(client === 'page');
  });

  it('tells nobody whether a name is there, a password wrong or a user disabled', async () => {
    const [there, disabled, javas] = [
      await user(),
      await user({ enabled: false }),
      await user({ password: await bcrypt('Pass@123', 4) }),
    ];
    for (const [name, password] of [
      [there, 'Wrong@123'],
      ['nobody-at-all', 'Pass@123'],
      [disabled, 'Pass@123'],
      [javas, 'Wrong@123'],
      [there, ''],
      ['', ''],
      [there, `Pass@123\0`],
      [there, 'x'.repeat(1_000)],
    ] as const) {
      const { status, body, headers } = await oauth.password(name, password);
      expect([status, body]).toEqual([400, invalidGrant]);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('checks a password for a name that does not exist too', async () => {
    const names = [await user(), await user({ password: await bcrypt('Pass@123', 4) }), 'nobody-at-all'];
    const check = jest.spyOn(service.app.get(PasswordHasher, { strict: false }), 'check');
    for (const [index, name] of names.entries()) {
      await oauth.password(name, 'Wrong@123');
      expect(check).toHaveBeenCalledTimes(index + 1);
    }
    check.mockRestore();
  });

  it('takes a password in any Unicode normal form, wherever it was set and is typed', async () => {
    const NFC = 'P\u00e4ss@1234';
    const NFD = NFC.normalize('NFD');
    const admin = await oauth.login(await user({ role: 'ROLE_ADMIN' }));
    const body = newUser({ password: NFC });
    expect((await oauth.call('POST', 'adminuser', admin, body)).status).toBe(201);
    expect((await oauth.password(body.username, NFC)).status).toBe(200);
    const { status, body: tokens } = await oauth.password(body.username, NFD);
    expect(status).toBe(200);
    const change = { password: NFD.replace('1234', '5678'), currentPassword: NFD };
    const path = `user/${body.username}`;
    expect((await oauth.call('PATCH', path, tokens.access_token, change)).status).toBe(200);
    expect((await oauth.password(body.username, NFC.replace('1234', '5678'))).status).toBe(200);
    expect((await oauth.password(body.username, NFD)).status).toBe(400);
  });

  it('takes a BCrypt hash of the original, and replaces it', async () => {
    const username = await user({ password: await bcrypt('Pass@123', 4) });
    const stored = async (): Promise<string> => {
      const [row] = await service.dataSource.query<{ password: string }[]>(
        'SELECT password FROM users WHERE username = ?',
        [username],
      );
      return row!.password;
    };
    expect((await oauth.password(username, 'Wrong@123')).status).toBe(400);
    expect(await stored()).toMatch(/^\$2/);
    const first = await oauth.password(username);
    expect(first.status).toBe(200);
    expect(await stored()).toMatch(/^\$argon2id\$/);
    expect((await oauth.password(username)).status).toBe(200);
    // It is the same password: nobody is logged out.
    expect((await oauth.refresh(first.body.refresh_token)).status).toBe(200);
  });
});

describe('the grant client_credentials', () => {
  it("gives the client's own roles, and no refresh token", async () => {
    const { status, body } = await oauth.credentials('reader');
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('refresh_token');
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      sub: 'reader',
      authorities: ['ROLE_MODERATOR'],
    });
    expect(await oauth.status('users', body.access_token)).toBe(200);
    expect(await oauth.status('users', (await oauth.credentials('nobody')).body.access_token)).toBe(403);
  });

  it.each(['all', ''])('is given for the scope "%s", which is all there is', async (scope) => {
    const form = { grant_type: 'client_credentials', scope };
    const { status, body } = await oauth.post('token', form, `reader:${SECRET}`);
    expect([status, body.scope]).toEqual([200, 'all']);
  });

  it('makes nobody the user of the same name', async () => {
    await insertUsers(service.dataSource, [{ username: 'nobody' }]);
    const { body } = await oauth.credentials('nobody');
    expect(await oauth.status('user/nobody', body.access_token)).toBe(403);
  });
});

describe('the grant refresh_token', () => {
  it('replaces the token at each use', async () => {
    const first = (await oauth.password(await user({ role: 'ROLE_MODERATOR' }))).body;
    const second = await oauth.refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(await oauth.status('users', second.body.access_token)).toBe(200);
    expect((await oauth.refresh(second.body.refresh_token)).status).toBe(200);
  });

  /** Lets the time pass in which a refresh token may be repeated. */
  const waitForRepeats = (): Promise<unknown> =>
    service.dataSource.query('UPDATE refresh_tokens SET used_at = used_at - ?', [REPEAT_MS + 1_000]);

  it('ends the whole login when a token is used again later', async () => {
    const first = (await oauth.password(await user())).body;
    const second = (await oauth.refresh(first.refresh_token)).body;
    await waitForRepeats();
    const stolen = await oauth.refresh(first.refresh_token);
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    expect((await oauth.refresh(second.refresh_token)).status).toBe(400);
  });

  it('gives the same next token to many that come at once, and to a repeat whose answer was lost', async () => {
    const { refresh_token: token } = (await oauth.password(await user({ role: 'ROLE_MODERATOR' }))).body;
    const answers = await Promise.all(Array.from({ length: 10 }, () => oauth.refresh(token)));
    answers.push(await oauth.refresh(token));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const [next, ...others] = new Set(answers.map(({ body }) => body.refresh_token));
    expect(others).toEqual([]);
    for (const { body } of answers) expect(await oauth.status('users', body.access_token)).toBe(200);
    expect((await oauth.refresh(next)).status).toBe(200);
    await waitForRepeats();
    expect((await oauth.refresh(token)).status).toBe(400);
  });

  it('is kept as a hash only', async () => {
    const { refresh_token: first } = (await oauth.password(await user())).body;
    const { refresh_token: token } = (await oauth.refresh(first)).body;
    const rows = await service.dataSource.query<object[]>('SELECT * FROM refresh_tokens');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it("is its client's own", async () => {
    const { refresh_token: token } = (await oauth.password(await user())).body;
    expect((await oauth.refresh(token, 'other-page')).status).toBe(400);
    expect((await oauth.refresh(token)).status).toBe(200);
  });

  it('ends with the login, however often it was replaced', async () => {
    const name = await user();
    const { refresh_token: token } = (await oauth.password(name)).body;
    const { refresh_token: next } = (await oauth.refresh(token)).body;
    await service.dataSource.query('UPDATE refresh_tokens SET expires_at = ?', [Date.now()]);
    expect((await oauth.refresh(next)).status).toBe(400);
    await oauth.password(name);
    const [left] = await service.dataSource.query<[{ count: number }]>(
      'SELECT COUNT(*) AS count FROM refresh_tokens WHERE expires_at <= ?',
      [Date.now()],
    );
    expect(left.count).toBe(0);
  });

  it('can be revoked, by its client, with all of the same login', async () => {
    const first = (await oauth.password(await user())).body;
    const second = (await oauth.refresh(first.refresh_token)).body;
    const token = String(second.refresh_token);
    expect((await oauth.post('revoke', { token }, 'other-page')).status).toBe(200);
    const third = (await oauth.refresh(token)).body;
    expect(third.refresh_token).toBeDefined();
    const revoked = await oauth.post('revoke', { token: String(third.refresh_token) }, 'page');
    expect([revoked.status, revoked.body]).toEqual([200, {}]);
    expect((await oauth.refresh(third.refresh_token)).status).toBe(400);
    expect((await oauth.post('revoke', { token: 'never-there' }, 'page')).status).toBe(200);
    const access = await oauth.post('revoke', { token: String(first.access_token) }, 'page');
    expect([access.status, access.body.error]).toEqual([400, 'unsupported_token_type']);
  });
});

describe('a change of the user', () => {
  const administrator = async (): Promise<string> => oauth.login(await user({ role: 'ROLE_ADMIN' }));
  const ending = (error: unknown): object => ({ status: 400, body: { error } });

  it.each([{ password: 'Other@123' }, { role: 'ROLE_USER' }, { enabled: false }])(
    '%j ends all tokens',
    async (changes) => {
      const [name, admin] = [await user({ role: 'ROLE_MODERATOR' }), await administrator()];
      const tokens = (await oauth.password(name)).body;
      expect(await oauth.status('users', tokens.access_token)).toBe(200);
      expect((await oauth.call('PATCH', `user/${name}`, admin, changes)).status).toBe(200);
      expect(await oauth.status('users', tokens.access_token)).toBe(401);
      expect(await oauth.refresh(tokens.refresh_token)).toMatchObject(ending('invalid_grant'));
    },
  );

  it('that changes nothing of that ends none', async () => {
    const [name, admin] = [await user({ role: 'ROLE_MODERATOR' }), await administrator()];
    const tokens = (await oauth.password(name)).body;
    const changes = { firstname: 'New', enabled: true, role: 'ROLE_MODERATOR' };
    expect((await oauth.call('PATCH', `user/${name}`, admin, changes)).status).toBe(200);
    expect(await oauth.status('users', tokens.access_token)).toBe(200);
    expect((await oauth.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('away and back brings no old token back', async () => {
    const [name, admin] = [await user({ role: 'ROLE_MODERATOR' }), await administrator()];
    const { access_token: token } = (await oauth.password(name)).body;
    await oauth.call('PATCH', `user/${name}`, admin, { enabled: false });
    await oauth.call('PATCH', `user/${name}`, admin, { enabled: true });
    expect(await oauth.status('users', token)).toBe(401);
  });

  it('who is deleted and made again brings none back either', async () => {
    const [body, admin] = [newUser({ role: 'ROLE_MODERATOR' }), await administrator()];
    await oauth.call('POST', 'adminuser', admin, body);
    const { access_token: token, refresh_token: refresh } = (await oauth.password(body.username)).body;
    expect(await oauth.status('users', token)).toBe(200);
    await oauth.call('DELETE', `user/${body.username}`, admin);
    expect(await oauth.status('users', token)).toBe(401);
    await oauth.call('POST', 'adminuser', admin, body);
    expect(await oauth.status('users', token)).toBe(401);
    expect(await oauth.refresh(refresh)).toMatchObject(ending('invalid_grant'));
  });

  it('of the own password needs the present one', async () => {
    const name = await user();
    const tokens = (await oauth.password(name)).body;
    const change = async (body: object): Promise<[number, unknown]> => {
      const response = await oauth.call('PATCH', `user/${name}`, tokens.access_token, body);
      return [response.status, ((await response.json()) as { code?: string }).code];
    };
    const password = 'Other@123';
    expect(await change({ password })).toEqual([400, 'VALIDATION_FAILED']);
    expect(await change({ password, currentPassword: 'Wrong@123' })).toEqual([403, 'WRONG_PASSWORD']);
    expect(await change({ password: 'weak', currentPassword: 'Pass@123' })).toEqual([
      400,
      'VALIDATION_FAILED',
    ]);
    expect(await change({ password, currentPassword: 'Pass@123' })).toEqual([200, undefined]);
    expect((await oauth.password(name)).status).toBe(400);
    expect((await oauth.password(name, password)).status).toBe(200);
  });
});

describe('clients', () => {
  it.each([
    ['unknown', 'gone', {}],
    ['with a wrong secret', 'login-only:wrong', {}],
    ['without its secret', 'login-only', {}],
    ['with a secret that it has not', 'page:secret', {}],
    ['whose name cannot be decoded', '100%:secret', {}],
    ['not named', undefined, {}],
  ])('%s get nothing', async (_what, client, form) => {
    const request = { grant_type: 'password', username: await user(), password: 'Pass@123', ...form };
    const { status, headers, body } = await oauth.post('token', request, client);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
    expect(headers.get('www-authenticate')).toBe('Basic realm="usermgmt"');
  });

  it('may name themselves in the body, in Basic with encoded halves, but not in both', async () => {
    const grant = { grant_type: 'client_credentials' };
    const body = { ...grant, client_id: 'reader', client_secret: SECRET };
    expect((await oauth.post('token', body)).status).toBe(200);
    expect((await oauth.post('token', grant, `%72eader:${SECRET}`)).status).toBe(200);
    expect(await oauth.post('token', body, `reader:${SECRET}`)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it.each([
    [{}, 'page', 'invalid_request'],
    [{ grant_type: 'password' }, 'page', 'invalid_request'],
    [{ grant_type: 'password', username: 'x' }, 'page', 'invalid_request'],
    [{ grant_type: 'password', password: 'x' }, 'page', 'invalid_request'],
    [{ grant_type: 'refresh_token' }, 'page', 'invalid_request'],
    [{ grant_type: 'authorization_code' }, 'page', 'unsupported_grant_type'],
    [{ grant_type: 'client_credentials' }, 'page', 'unauthorized_client'],
    [{ grant_type: 'refresh_token' }, `login-only:${SECRET}`, 'unauthorized_client'],
    [{ grant_type: 'client_credentials', scope: 'admin' }, `reader:${SECRET}`, 'invalid_scope'],
  ])('are told what is wrong with %j', async (form, client, error) => {
    expect(await oauth.post('token', form as Record<string, string>, client)).toMatchObject({
      status: 400,
      body: { error },
    });
  });

  it.each(['a=1&a=2&grant_type=password', 'grant_type=password&grant_type=password'])(
    'send each field once: %s',
    async (form) => {
      const response = await fetch(`${service.url}/usermgmt/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      });
      expect(response.status).toBe(form.startsWith('a') ? 401 : 400);
    },
  );

  it('send forms, not JSON; other routes take no form', async () => {
    const post = async (path: string, type: string): Promise<number> =>
      (
        await fetch(`${service.url}/usermgmt/${path}`, {
          method: 'POST',
          headers: { 'content-type': type },
          body: '{}',
        })
      ).status;
    expect(await post('oauth/token', 'application/json')).toBe(415);
    expect(await post('user', 'application/x-www-form-urlencoded')).toBe(415);
  });
});

describe('checking a token', () => {
  it("tells a client with a secret what a token says, in the original's form", async () => {
    const name = await user();
    const { access_token: token } = (await oauth.password(name)).body;
    const check = (what: unknown, client = `reader:${SECRET}`) =>
      oauth.post('check_token', { token: String(what) }, client);
    expect(await check(token)).toMatchObject({
      status: 200,
      body: { active: true, user_name: name, authorities: ['ROLE_USER'], client_id: 'page', scope: ['all'] },
    });
    expect(await check('a.b.c')).toMatchObject({ status: 400, body: { error: 'invalid_token' } });
    expect(await check(token, 'page')).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    expect((await check(token, 'reader:wrong')).status).toBe(401);
    await service.dataSource.query('DELETE FROM users WHERE username = ?', [name]);
    expect((await oauth.credentials('reader')).status).toBe(200);
  });

  it('does not call a token invalid while the database does not answer', async () => {
    const { access_token: token } = (await oauth.password(await user())).body;
    await service.dataSource.query('ALTER TABLE users RENAME TO users_away');
    try {
      const check = await fetch(`${service.url}/usermgmt/oauth/check_token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`reader:${SECRET}`).toString('base64')}` },
        body: new URLSearchParams({ token: String(token) }),
      });
      expect(check.status).toBe(503);
    } finally {
      await service.dataSource.query('ALTER TABLE users_away RENAME TO users');
    }
  });

  it('needs only the published keys', async () => {
    const { access_token: token } = (await oauth.password(await user())).body;
    const text = String(token);
    const base = `${service.url}/usermgmt`;
    const rules = { issuer: 'usermgmt', audience: 'usermgmt' };
    await jwtVerify(text, createRemoteJWKSet(new URL(`${base}/.well-known/jwks.json`)), rules);
    const original = (await (await fetch(`${base}/oauth/token_key`)).json()) as {
      alg: string;
      value: string;
    };
    expect(original.alg).toBe('SHA256withRSA');
    expect(original.value).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^]+\n-----END PUBLIC KEY-----$/);
    await jwtVerify(text, await importSPKI(original.value, 'RS256'), rules);
    const published = await (await fetch(`${base}/.well-known/jwks.json`)).text();
    const { keys } = JSON.parse(published) as { keys: object[] };
    expect(Object.keys(keys[0]!).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(decodeProtectedHeader(text)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(createPublicKey(readFileSync(auth.environment.AUTH_SIGNING_KEY_FILE!)).asymmetricKeyType).toBe(
      'rsa',
    );
  });
});
