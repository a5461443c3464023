import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import request from 'supertest';
import { startService, type TestService } from './support/service.js';
import { pathOf, UsersApi } from './support/users-api.js';

let service: TestService;
let users: UsersApi;
beforeAll(async () => {
  service = await startService();
  users = new UsersApi(service.url);
});
afterAll(() => service.stop());

describe.each([
  'a@b.c',
  '100%sure',
  'a/b/c',
  '/abc/',
  'semi;colon',
  '<b>',
  'two  words',
  '😀 👍🏽',
  '%2525',
  '%2F..%2F',
  '%zz',
  '..x',
  '...',
  './.',
  'what?',
  '#hash',
  'a&b=c',
  'c++',
  "o'neil",
  '"quoted"',
  'back\\slash',
  '{json:1}',
  ':username',
  '***',
  'activate',
  'user/activate/x',
  '__proto__',
  'constructor',
  'null',
  '张三丰',
  'مُحَمَّد',
])('the name %j', (username) => {
  it('can be created, read, changed and deleted, and its Location is right', async () => {
    const user = newUser({ username, email: 'name@example.com' });
    const { headers } = await users.signUp(user).expect(201);
    expect(headers.location).toBe(pathOf(username));
    const found = await request(service.url).get(headers.location!).expect(200);
    expect(found.body).toMatchObject({ username, email: 'name@example.com' });

    const changed = await users.patch(username, { firstname: 'Patched' }).expect(200);
    expect(changed.body).toMatchObject({ username, firstname: 'Patched' });
    await users.put({ ...user, firstname: 'Put' }).expect(200);
    expect((await users.get(username)).body).toMatchObject({ username, firstname: 'Put' });

    const listed = await users.list({ limit: '1' });
    expect(listed.body).toMatchObject([{ username }]);
    await users.delete(username).expect(200);
    await users.get(username).expect(404);
  });
});

describe('a path', () => {
  /** The status for a path that is sent as it is. */
  const raw = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(service.url);
      get({ hostname, port, path }, (response: IncomingMessage) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
    });

  it.each(['a@b.c', 'semi;colon', 'c++', "o'neil", 'a&b=c', '(a,b)', '!~*$', '...', 'a:b'])(
    'need not be encoded for %s',
    async (username) => {
      await users.created({ username, email: 'raw@example.com' });
      expect(await raw(`/usermgmt/user/${username}`)).toBe(200);
      await users.delete(username).expect(200);
    },
  );

  it('is decoded once', async () => {
    await users.created({ username: '100%', email: 'percent@example.com' });
    expect(await raw('/usermgmt/user/100%25')).toBe(200);
    expect(await raw('/usermgmt/user/100%2525')).toBe(404);
  });

  it.each(['%', '%zz', 'a%', '%ff', '%c3', '%u0041'])('with %s in it is a 400', async (text) => {
    expect(await raw(`/usermgmt/user/${text}`)).toBe(400);
  });

  it.each(['%00', '%0d%0a', 'a%00b', '%ed%a0%80', 'x'.repeat(1_000), '%F0%9F%98%80'.repeat(80)])(
    'with %s in it is no error of the server',
    async (text) => {
      const status = await raw(`/usermgmt/user/${text}`);
      expect([400, 404]).toContain(status);
    },
  );

  it.each(['users', 'user', 'hello', 'health/ready'])('may end with a slash: /usermgmt/%s/', async (path) => {
    const body = path === 'user' ? newUser() : undefined;
    const response = await request(service.url)[body ? 'post' : 'get'](`/usermgmt/${path}/`).send(body);
    expect(response.status).toBe(body ? 201 : 200);
  });

  it('of a user may end with a slash', async () => {
    const { username } = await users.created();
    for (const method of ['get', 'patch', 'delete'] as const) {
      await request(service.url)[method](`/usermgmt/user/${username}/`).send({}).expect(200);
    }
  });
});
