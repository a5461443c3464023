import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import type { Response } from 'supertest';
import { patchUserSchema } from '../src/users/user.schemas.js';
import { startService, type TestService } from './support/service.js';
import { shown, UsersApi } from './support/users-api.js';

let service: TestService;
let users: UsersApi;
beforeAll(async () => {
  service = await startService();
  users = new UsersApi(service.url);
});
afterAll(() => service.stop());

function expectNoBody(response: Response): void {
  expect(response.status).toBe(200);
  expect(response.text).toBe('');
  expect(response.headers['content-length']).toBe('0');
}

describe('GET /usermgmt/user/{username}', () => {
  it('finds in any case and answers with the stored spelling, appversion null', async () => {
    const user = await users.created({ username: 'Zoë', email: 'Zoe@Example.com' });
    for (const name of ['Zoë', 'ZOE', 'zoe\u0308']) {
      const response = await users.get(name).expect(200);
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(response.body).toEqual(shown(user));
    }
  });

  it('answers 404 for nobody', async () => {
    const response = await users.get('nobody').expect(404);
    expect(response.body).toMatchObject({
      code: 'USER_NOT_FOUND',
      detail: "User with this user name doesn't exist!",
    });
  });
});

describe('PUT /usermgmt/user', () => {
  it('changes address and names only; role, enabled and password are ignored', async () => {
    const user = await users.created({ role: 'ROLE_MODERATOR' });
    const password = (): Promise<unknown> =>
      service.dataSource.query('SELECT password FROM users WHERE username = ?', [user.username]);
    const before = await password();
    const change = { email: `new.${user.email}`, firstname: 'New', lastname: '' };
    expectNoBody(
      await users.put({ ...user, ...change, role: 'ROLE_ADMIN', enabled: false, password: 'New@Pass1' }),
    );
    expect((await users.get(user.username)).body).toEqual(shown({ ...user, ...change }));
    expect(await password()).toEqual(before);
  });

  it('finds the user in any case, keeps the spelling, and needs no password', async () => {
    const { password, ...user } = await users.created({
      username: 'Ångström',
      email: 'angstrom@example.com',
    });
    expect(password).toBeDefined();
    expectNoBody(await users.put({ ...user, username: 'ANGSTROM', firstname: 'Anders' }));
    expect((await users.get('angstrom')).body).toMatchObject({ username: 'Ångström', firstname: 'Anders' });
  });

  it("takes another spelling of the user's own address and refuses another user's", async () => {
    const [user, other] = [await users.created(), await users.created()];
    expectNoBody(await users.put({ ...user, email: user.email.toUpperCase() }));
    const response = await users.put({ ...user, email: other.email.toUpperCase() }).expect(409);
    expect(response.body).toMatchObject({ code: 'EMAIL_TAKEN' });
    expect((await users.get(user.username)).body).toMatchObject({ email: user.email.toUpperCase() });
  });

  it('answers 404 for nobody, 400 for what is missing or no address', async () => {
    const user = await users.created();
    expect((await users.put(newUser()).expect(404)).body).toMatchObject({ code: 'USER_NOT_FOUND' });
    const missing = await users.put({ username: user.username }).expect(400);
    expect(missing.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'email',
      'firstname',
      'lastname',
    ]);
    const malformed = await users.put({ ...user, email: 'not an address' }).expect(400);
    expect(malformed.body.errors).toEqual([{ field: 'email', message: 'must be an e-mail address' }]);
  });
});

describe('PATCH /usermgmt/user/{username}', () => {
  it.each([
    { email: 'patched@example.com' },
    { firstname: 'Patched' },
    { lastname: '' },
    { enabled: false },
    { enabled: 'false' },
    { role: 'ROLE_ADMIN' },
    { firstname: 'A', lastname: 'B', enabled: true },
    {},
  ])('changes %j and nothing else', async (changes) => {
    const user = await users.created();
    const response = await users.patch(user.username.toUpperCase(), changes).expect(200);
    const expected = shown({ ...user, ...changes, enabled: String(changes.enabled ?? true) === 'true' });
    expect(response.body).toEqual(expected);
    expect((await users.get(user.username)).body).toEqual(expected);
  });

  it.each(Object.keys(patchUserSchema.shape))('takes null for %s as missing', async (field) => {
    const user = await users.created();
    const response = await users.patch(user.username, { firstname: 'New', [field]: null }).expect(200);
    const expected = { ...user, firstname: field === 'firstname' ? user.firstname : 'New' };
    expect(response.body).toEqual(shown(expected));
    expect((await users.get(user.username)).body).toEqual(shown(expected));
  });

  it('ignores username and fields that it does not know', async () => {
    const user = await users.created();
    await users.patch(user.username, { username: 'other', usernameKey: 'x', id: 1 }).expect(200);
    expect((await users.get(user.username)).body).toEqual(shown(user));
  });

  it('refuses an address that is taken or none, a wrong value, and nobody', async () => {
    const [user, other] = [await users.created(), await users.created()];
    expect((await users.patch(user.username, { email: other.email })).body).toMatchObject({
      code: 'EMAIL_TAKEN',
    });
    await users.patch(user.username, { email: 'x' }).expect(400);
    await users.patch(user.username, { enabled: 'yes' }).expect(400);
    await users.patch('nobody', { enabled: true }).expect(404);
    expect((await users.get(user.username)).body).toEqual(shown(user));
  });
});

describe('DELETE /usermgmt/user/{username}', () => {
  it('deletes once, in any case', async () => {
    const user = await users.created();
    const name = user.username.toUpperCase();
    expectNoBody(await users.delete(name));
    expect((await users.delete(name).expect(404)).body).toMatchObject({
      code: 'USER_NOT_FOUND',
    });
    await users.get(user.username).expect(404);
    await users.signUp(user).expect(201);
  });
});
