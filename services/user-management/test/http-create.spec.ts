import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import request from 'supertest';
import { startService, type TestService } from './support/service.js';
import { shown, UsersApi } from './support/users-api.js';

let service: TestService;
let users: UsersApi;
beforeAll(async () => {
  service = await startService();
  users = new UsersApi(service.url);
});
afterAll(() => service.stop());

describe('POST /usermgmt/user', () => {
  it('answers 201 with the user, without the password, and where it is', async () => {
    const user = newUser({ username: 'Jörg & Co', email: 'joerg@example.com' });
    const response = await users.signUp(user).expect(201);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.body).toEqual(shown(user));
    expect(response.headers.location).toBe('/usermgmt/user/J%C3%B6rg%20%26%20Co');
    const found = await request(service.url).get(response.headers.location!).expect(200);
    expect(found.body).toEqual(shown(user));
  });

  it.each(['ROLE_ADMIN', 'ROLE_MODERATOR', '', 'root'])(
    'gives ROLE_USER to who asks for %j',
    async (role) => {
      const user = newUser({ role });
      const response = await users.signUp(user).expect(201);
      expect(response.body).toMatchObject({ role: 'ROLE_USER' });
      expect((await users.get(user.username)).body).toMatchObject({ role: 'ROLE_USER' });
    },
  );

  it.each([
    [true, true],
    ['true', true],
    [1, true],
    [false, false],
    [undefined, false],
    [null, false],
  ])('enables as asked: %j', async (asked, enabled) => {
    const response = await users.signUp({ ...newUser(), enabled: asked }).expect(201);
    expect(response.body).toMatchObject({ enabled });
  });

  it('names every field that is missing', async () => {
    const response = await users.signUp({}).expect(400);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({ code: 'VALIDATION_FAILED', detail: 'Validation error' });
    expect(response.body.errors).toEqual(
      ['username', 'password', 'email', 'firstname', 'lastname', 'role'].map((field) => ({
        field,
        message: 'is missing',
      })),
    );
  });

  it("says what the original said of a password, and keeps the user's values to itself", async () => {
    const response = await users.signUp(newUser({ password: 'Secret', email: 'private' })).expect(400);
    expect(response.body.errors).toEqual([
      { field: 'password', message: 'User Password is invalid' },
      { field: 'email', message: 'must be an e-mail address' },
    ]);
    expect(response.text).not.toMatch(/Secret|private/);
  });

  it('refuses a name and an address that are there, with 409 and a code each', async () => {
    const user = await users.created();
    const name = await users.signUp(newUser({ username: user.username.toUpperCase() })).expect(409);
    expect(name.body).toMatchObject({
      code: 'USERNAME_TAKEN',
      detail: 'User with this user name already exists!',
    });
    const email = await users.signUp(newUser({ email: user.email.toUpperCase() })).expect(409);
    expect(email.body).toMatchObject({ code: 'EMAIL_TAKEN', detail: 'User with this email already exists!' });
  });
});

describe('POST /usermgmt/adminuser', () => {
  it('gives the role that was asked for, and sends no mail', async () => {
    const before = service.notification.mails.length;
    const user = newUser({ role: 'ROLE_ADMIN' });
    const response = await users.createByAdmin(user).expect(201);
    expect(response.body).toEqual(shown(user));
    expect(response.headers.location).toBe(`/usermgmt/user/${user.username}`);
    const rows = await service.dataSource.query<unknown[]>('SELECT id FROM outbox WHERE payload LIKE ?', [
      `%${user.email}%`,
    ]);
    expect(rows).toEqual([]);
    expect(service.notification.mails.length).toBe(before);
  });
});
