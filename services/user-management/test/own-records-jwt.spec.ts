import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startIssuer, type TokenIssuer } from '@usermgmt/testing/token-issuer';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';
import { pathOf } from './support/users-api.js';

let issuer: TokenIssuer;
let service: TestService;
beforeAll(async () => {
  issuer = await startIssuer();
  service = await startService({
    AUTH_MODE: 'jwt',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_URL: issuer.jwksUrl,
    LEGACY_WRITING_GETS: 'true',
  });
  await insertUsers(service.dataSource, [
    { username: 'jane', password: await new PasswordHasher().hash('Pass@123') },
    { username: 'John' },
  ]);
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});

interface Answer {
  status: number;
  code: string | undefined;
}

async function call(subject: string, method: string, path: string, body?: object, role = 'ROLE_USER') {
  const token = await issuer.token(subject, 'usermgmt', { claims: { authorities: [role] } });
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  const { code } = (await response.json().catch(() => ({}))) as { code?: string };
  return { status: response.status, code } satisfies Answer;
}

const changes = (username: string) => ({
  username,
  email: 'new@example.com',
  firstname: 'New',
  lastname: '',
});
const WRITES: [string, (subject: string, name: string) => Promise<Answer>][] = [
  ['GET', (subject, name) => call(subject, 'GET', pathOf(name))],
  ['PATCH', (subject, name) => call(subject, 'PATCH', pathOf(name), { firstname: 'New' })],
  ['PATCH of nothing', (subject, name) => call(subject, 'PATCH', pathOf(name), {})],
  [
    'PATCH of the password',
    (subject, name) =>
      call(subject, 'PATCH', pathOf(name), { password: 'Other@123', currentPassword: 'Pass@123' }),
  ],
  ['PUT', (subject, name) => call(subject, 'PUT', '/usermgmt/user', changes(name))],
  ['DELETE', (subject, name) => call(subject, 'DELETE', pathOf(name))],
  ['GET /status', (subject, name) => call(subject, 'GET', `/usermgmt/status/${encodeURIComponent(name)}`)],
];

describe('a name that the issuer tells apart from that of a record', () => {
  const forbidden = { status: 403, code: 'FORBIDDEN' };

  it.each(['jäne', 'ｊane', 'jane\u200b', 'jªne', 'Jane', 'JANE'])(
    'reaches the record with no request: %j',
    async (claim) => {
      const before = await service.dataSource.query<object[]>('SELECT * FROM users');
      for (const name of [claim, 'jane', 'JANE', 'jäne']) {
        for (const [, send] of WRITES) expect(await send(claim, name)).toEqual(forbidden);
      }
      expect(await service.dataSource.query('SELECT * FROM users')).toEqual(before);
    },
  );

  it.each(['john', 'JOHN', 'Jöhn'])('is not the name as it is stored: %s is not John', async (claim) => {
    expect(await call(claim, 'GET', pathOf(claim))).toEqual(forbidden);
    expect(await call(claim, 'GET', pathOf('John'))).toEqual(forbidden);
  });

  it('does not make an administrator of that name the owner, who would need the current password', async () => {
    const answer = await call('jäne', 'PATCH', pathOf('jane'), { password: 'Pass@123' }, 'ROLE_ADMIN');
    expect(answer.status).toBe(200);
    expect((await call('jane', 'PATCH', pathOf('jane'), { password: 'Pass@123' }, 'ROLE_ADMIN')).status).toBe(
      400,
    );
  });
});

describe('the name of the record itself', () => {
  it('reaches the record, however the request spells it', async () => {
    for (const name of ['John', 'john', 'JÖHN']) {
      expect((await call('John', 'GET', pathOf(name))).status).toBe(200);
      expect((await call('John', 'PATCH', pathOf(name), { firstname: name })).status).toBe(200);
      expect((await call('John', 'PUT', '/usermgmt/user', changes(name))).status).toBe(200);
    }
    expect(await call('John', 'DELETE', pathOf('John'))).toEqual({ status: 403, code: 'FORBIDDEN' });
  });
});
