import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import request, { type Response } from 'supertest';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';
import { shown, UsersApi } from './support/users-api.js';

let service: TestService;
let users: UsersApi;
beforeAll(async () => {
  service = await startService({ APP_VERSION: 'V7' });
  users = new UsersApi(service.url);
});
beforeEach(() => service.dataSource.query('DELETE FROM users'));
afterAll(() => service.stop());

const namesOf = (response: Response): string[] =>
  (response.body as { username: string }[]).map(({ username }) => username);

/** Where the next page is, by its Link header. */
function next(response: Response): string | undefined {
  const link = response.headers.link;
  if (link === undefined) return undefined;
  const [, target] = /^<(\/usermgmt\/users\?[^>]+)>; rel="next"$/.exec(link) ?? [];
  expect(target).toBeDefined();
  return target;
}

describe('GET /usermgmt/users', () => {
  it('answers an empty array when there is nobody', async () => {
    const response = await users.list().expect(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.text).toBe('[]');
  });

  it('shows everybody in the order of the names, with the version and without a password', async () => {
    const given = ['Zoë', 'ann', 'Bob'].map((username, i) =>
      newUser({ username, email: `${i}@example.com`, role: 'ROLE_ADMIN' }),
    );
    for (const user of given) await users.createByAdmin(user).expect(201);
    const response = await users.list().expect(200);
    expect(response.body).toEqual(
      [given[1]!, given[2]!, given[0]!].map((user) => ({ ...shown(user), appversion: 'V7' })),
    );
    expect(response.headers.link).toBeUndefined();
  });

  it('finds one by address in any case, or nobody', async () => {
    const user = newUser({ email: 'Jane+Tag@Example.com' });
    await users.createByAdmin(user).expect(201);
    await users.created();
    const found = await users.list({ email: 'jane+tag@example.COM' }).expect(200);
    expect(found.body).toEqual([{ ...shown(user), appversion: 'V7' }]);
    expect((await users.list({ email: 'nobody@example.com' }).expect(200)).body).toEqual([]);
    expect((await users.list({ email: '' }).expect(200)).body).toEqual([]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=abc', 'limit=', 'limit=-1', 'limit=1.5', 'limit=1&limit=2'])(
    'refuses ?%s',
    async (query) => {
      const response = await users.list(query).expect(400);
      expect(response.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'limit' }] });
    },
  );

  it.each(['after=a&after=b', 'email=a&email=b'])('refuses ?%s', async (query) => {
    const response = await users.list(query).expect(400);
    expect(response.body.errors).toEqual([{ field: query.split('=')[0], message: 'must be given once' }]);
  });

  it.each(['page=1', '__proto__[x]=1', 'limit[]=5', 'x'])('ignores ?%s', async (query) => {
    expect((await users.list(query).expect(200)).body).toEqual([]);
  });
});

describe('pages', () => {
  const odd = ['a&b', 'a+b c', 'a/b?', 'ünïcödé', '😀😀', '100%'];

  it('lead from one to the next until everybody was shown once', async () => {
    await insertUsers(service.dataSource, [
      ...odd.map((username) => ({ username })),
      ...Array.from({ length: 44 }, (_, i) => ({ username: `user${i}` })),
    ]);
    const seen: string[] = [];
    const sizes: number[] = [];
    let path: string | undefined = '/usermgmt/users?limit=7';
    while (path !== undefined) {
      const response: Response = await request(service.url).get(path).expect(200);
      seen.push(...namesOf(response));
      sizes.push(namesOf(response).length);
      path = next(response);
    }
    expect(sizes).toEqual([7, 7, 7, 7, 7, 7, 7, 1]);
    expect(seen).toEqual(namesOf(await users.list()));
    expect(seen).toEqual(expect.arrayContaining(odd));
  });

  it('have no next one when they end with the last user', async () => {
    await insertUsers(service.dataSource, [{ username: 'ann' }, { username: 'bob' }]);
    expect(next(await users.list({ limit: '2' }))).toBeUndefined();
    expect(next(await users.list({ limit: '1' }))).toBe('/usermgmt/users?limit=1&after=ann');
  });

  it('hold 100 when only `after` is given, and begin after any name', async () => {
    await insertUsers(
      service.dataSource,
      Array.from({ length: 102 }, (_, i) => ({ username: `user${String(i).padStart(3, '0')}` })),
    );
    const response = await users.list({ after: 'USER' }).expect(200);
    expect(namesOf(response)).toHaveLength(100);
    const last = await request(service.url).get(next(response)!);
    expect(namesOf(last)).toEqual(['user100', 'user101']);
    expect((await users.list({ after: 'zzz', limit: '5' })).body).toEqual([]);
    expect((await users.list({ after: '' })).body).toHaveLength(100);
  });

  it('can hold 1000', async () => {
    await insertUsers(
      service.dataSource,
      Array.from({ length: 1_001 }, (_, i) => ({ username: `user${i}` })),
    );
    expect(namesOf(await users.list({ limit: '1000' }).expect(200))).toHaveLength(1_000);
  });
});
