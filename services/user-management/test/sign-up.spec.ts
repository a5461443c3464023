import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NewUserBody, newUser } from '@usermgmt/testing/users';
import { startIssuer, type TokenIssuer } from '@usermgmt/testing/token-issuer';
import { startService, type TestService } from './support/service.js';
import { shown, UsersApi } from './support/users-api.js';

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());

const tokenOf = (role: string): Promise<string> =>
  issuer.token('somebody', 'usermgmt', { claims: { authorities: [role] } });

async function start(environment: Readonly<Record<string, string>>): Promise<TestService> {
  return startService({
    AUTH_MODE: 'jwt',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_URL: issuer.jwksUrl,
    ...environment,
  });
}

describe.each(['open', 'closed'])('POST /user with SIGN_UP=%s', (signUp) => {
  let service: TestService;
  beforeAll(async () => {
    service = await start({ SIGN_UP: signUp });
  });
  afterAll(() => service.stop());

  const ask = async (user: NewUserBody, role?: string): Promise<{ status: number; body: object }> => {
    const request = new UsersApi(service.url).signUp(user);
    const { status, body } = await (role === undefined
      ? request
      : request.set('authorization', `Bearer ${await tokenOf(role)}`));
    return { status, body: body as object };
  };
  const stored = async ({ username }: NewUserBody): Promise<object[]> =>
    service.dataSource.query('SELECT role, enabled + 0 AS enabled FROM users WHERE username = ?', [username]);

  it.each([undefined, 'ROLE_USER', 'ROLE_MODERATOR'])('by who is no administrator (%s)', async (role) => {
    const user = newUser({ enabled: true });
    const answer = await ask(user, role);
    if (signUp === 'open') {
      expect(answer).toEqual({ status: 201, body: shown({ ...user, enabled: false }) });
      expect(await stored(user)).toEqual([{ role: 'ROLE_USER', enabled: 0 }]);
    } else {
      expect(answer).toMatchObject({ status: 403, body: { code: 'SIGN_UP_CLOSED' } });
      expect(await stored(user)).toEqual([]);
    }
  });

  it.each(['ROLE_ADMIN', 'ROLE_MODERATOR', 'role_user', 'root', ''])(
    'never makes another role: %j',
    async (role) => {
      for (const by of [undefined, 'ROLE_USER', 'ROLE_MODERATOR']) {
        const user = newUser({ role });
        const code = signUp === 'open' ? 'ROLE_NOT_ALLOWED' : 'SIGN_UP_CLOSED';
        expect(await ask(user, by)).toMatchObject({ status: 403, body: { code } });
        expect(await stored(user)).toEqual([]);
      }
    },
  );

  it.each(['ROLE_ADMIN', 'ROLE_MODERATOR', 'ROLE_USER'])(
    'by an administrator makes what is asked for: %s',
    async (role) => {
      const user = newUser({ role, enabled: true });
      expect(await ask(user, 'ROLE_ADMIN')).toEqual({ status: 201, body: shown(user) });
    },
  );

  it('with a token that does not count is not one without', async () => {
    const user = newUser();
    const request = new UsersApi(service.url).signUp(user).set('authorization', 'Bearer a.b.c');
    expect((await request).status).toBe(401);
    expect(await stored(user)).toEqual([]);
  });
});
