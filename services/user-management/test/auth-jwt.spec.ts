import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startIssuer, type TokenIssuer } from '@usermgmt/testing/token-issuer';
import { stopClock } from './support/clock.js';
import { startService, type TestService } from './support/service.js';

let issuer: TokenIssuer;
let service: TestService;
beforeEach(async () => {
  issuer = await startIssuer();
});
afterEach(async () => {
  jest.useRealTimers();
  await service.stop();
  await issuer.stop();
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  service = await startService({
    AUTH_MODE: 'jwt',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_URL: issuer.jwksUrl,
    ...environment,
  });
  stopClock();
}

/** Longer than keys are not asked for again. */
const COOLDOWN_SECONDS = 5.1;
const wait = (seconds: number): void => {
  jest.setSystemTime(Date.now() + seconds * 1_000);
};

const get = (path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${service.url}/usermgmt/${path}`, { headers });
const list = async (token: string): Promise<number> =>
  (await get('users', { authorization: `Bearer ${token}` })).status;
const moderator = { claims: { authorities: ['ROLE_MODERATOR'] } };

describe('the keys of the issuer', () => {
  it('are asked for once, whatever comes', async () => {
    await start();
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => issuer.token(`user-${index}`, 'usermgmt', moderator)),
    );
    expect(await Promise.all(tokens.map(list))).toEqual(tokens.map(() => 200));
    const strange = await issuer.token('x', 'usermgmt', { ...moderator, keyId: 'strange' });
    for (let index = 0; index < 20; index += 1) expect(await list(strange)).toBe(401);
    expect(issuer.requests).toHaveLength(1);
  });

  it('are asked for again when a token names a new one', async () => {
    await start();
    const old = await issuer.token('a', 'usermgmt', moderator);
    expect(await list(old)).toBe(200);
    await issuer.rotate(true);
    wait(COOLDOWN_SECONDS);
    expect(await list(await issuer.token('b', 'usermgmt', moderator))).toBe(200);
    const older = await list(old);
    expect([older, issuer.requests.length]).toEqual([200, 2]);
  });

  it('go on counting while the issuer is away', async () => {
    await start();
    expect(await list(await issuer.token('a', 'usermgmt', moderator))).toBe(200);
    issuer.status = 500;
    wait(COOLDOWN_SECONDS);
    expect(await list(await issuer.token('b', 'usermgmt', moderator))).toBe(200);
    const strange = await issuer.token('c', 'usermgmt', { ...moderator, keyId: 'strange' });
    expect([await list(strange), await list(strange)]).toEqual([401, 401]);
    expect(issuer.requests).toHaveLength(2);
  });

  it('are missing when it was never there: 503, and it is not asked at each request', async () => {
    issuer.status = 500;
    await start();
    const authorization = `Bearer ${await issuer.token('a', 'usermgmt', moderator)}`;
    for (let index = 0; index < 5; index += 1) {
      const answer = await get('users', { authorization });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await answer.json()).toMatchObject({ code: 'AUTH_UNAVAILABLE' });
    }
    expect(issuer.requests).toHaveLength(1);
    expect((await get('hello', { authorization })).status).toBe(200);
  });
});

describe('tokens', () => {
  it('end when they say so, though they were checked before', async () => {
    await start({ AUTH_CLOCK_SKEW_SECONDS: '0' });
    const token = await issuer.token('a', 'usermgmt', { ...moderator, lifetime: 2 });
    expect(await list(token)).toBe(200);
    wait(2.1);
    expect(await list(token)).toBe(401);
  });

  it('count a little longer where clocks may differ', async () => {
    await start({ AUTH_CLOCK_SKEW_SECONDS: '10' });
    expect(await list(await issuer.token('a', 'usermgmt', { ...moderator, lifetime: -5 }))).toBe(200);
    expect(await list(await issuer.token('a', 'usermgmt', { ...moderator, lifetime: -11 }))).toBe(401);
  });

  it('count with the algorithms that were allowed only', async () => {
    await start({ AUTH_ALGORITHMS: 'ES256,EdDSA' });
    expect(await list(await issuer.token('a', 'usermgmt', moderator))).toBe(401);
    await issuer.rotate(false);
    wait(COOLDOWN_SECONDS);
    expect(await list(await issuer.token('a', 'usermgmt', moderator))).toBe(200);
  });

  it.each(['Basic dTpw', 'Bearer', 'Bearer ', 'Bearer a b', 'Token x'])(
    'are missing in %j',
    async (authorization) => {
      await start();
      const answer = await get('users', { authorization });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await answer.json()).toMatchObject({ code: 'TOKEN_MISSING' });
    },
  );
});

describe('claims', () => {
  it('hold the roles where Keycloak puts them, and the name', async () => {
    await start({
      AUTH_ROLES_CLAIM: 'realm_access.roles',
      AUTH_USERNAME_CLAIM: 'preferred_username',
      AUTH_ROLES_MAP: 'staff=ROLE_MODERATOR,everyone=ROLE_USER',
    });
    const token = (roles: unknown, name: unknown = 'jane'): Promise<string> =>
      issuer.token('5c1f', 'usermgmt', { claims: { realm_access: { roles }, preferred_username: name } });
    expect(await list(await token(['everyone', 'staff']))).toBe(200);
    expect(await list(await token(['everyone']))).toBe(403);
    expect(await list(await token('staff'))).toBe(200);
    expect(await list(await token({ staff: true }))).toBe(403);
    const own = async (name: unknown): Promise<number> =>
      (await get('user/jane', { authorization: `Bearer ${await token(['everyone'], name)}` })).status;
    expect([await own('Jane'), await own('john'), await own(''), await own(null)]).toEqual([
      404, 403, 403, 403,
    ]);
  });

  it('hold the groups and the audience where Cognito puts them', async () => {
    await start({
      AUTH_ROLES_CLAIM: 'cognito:groups',
      AUTH_AUDIENCE_CLAIM: 'client_id',
      AUTH_AUDIENCE: 'app-1',
      AUTH_ROLES_MAP: 'admins=ROLE_ADMIN',
    });
    const token = (client: string): Promise<string> =>
      issuer.token('5c1f', 'not looked at', {
        claims: { 'cognito:groups': ['admins'], client_id: client, token_use: 'access' },
      });
    expect([await list(await token('app-1')), await list(await token('app-2'))]).toEqual([200, 401]);
  });

  it('must be texts where texts are read', async () => {
    await start();
    const token = (sub: unknown): Promise<string> =>
      issuer.token('x', 'usermgmt', { claims: { ...moderator.claims, sub: sub as string } });
    for (const sub of [17, null, ['a'], { a: 1 }]) expect(await list(await token(sub))).toBe(401);
  });

  it('come in the header that a load balancer sets', async () => {
    await start({ AUTH_TOKEN_HEADER: 'X-Amzn-Oidc-Accesstoken' });
    const token = await issuer.token('a', 'usermgmt', moderator);
    expect((await get('users', { 'x-amzn-oidc-accesstoken': token })).status).toBe(200);
    expect(await list(token)).toBe(401);
  });
});
