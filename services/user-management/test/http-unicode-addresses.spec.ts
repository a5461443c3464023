import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

const UNICODE = 'user@przykład.pl';
const ASCII = 'user@xn--przykad-rjb.pl';

describe('an address with a Unicode domain', () => {
  let service: TestService;
  let users: UsersApi;
  const user = newUser({ email: UNICODE });
  beforeAll(async () => {
    service = await startService();
    users = new UsersApi(service.url);
    await users.signUp(user).expect(201);
  });
  afterAll(() => service.stop());

  it('is kept as sent, and gets its mail at the ASCII form', async () => {
    expect((await users.get(user.username).expect(200)).body).toMatchObject({ email: UNICODE });
    const { body } = await waitFor('the mail', () => Promise.resolve(service.notification.mails[0]));
    expect(body.toEmails).toEqual([ASCII]);
  });

  it.each([UNICODE, ASCII, 'USER@PRZYKŁAD.PL', 'user@przykład。pl', 'User@XN--PRZYKAD-RJB.pl'])(
    'is found as %s, and taken',
    async (email) => {
      const found = await users.list({ email }).expect(200);
      expect(found.body).toMatchObject([{ username: user.username, email: UNICODE }]);
      expect((await users.signUp(newUser({ email })).expect(409)).body).toMatchObject({
        code: 'EMAIL_TAKEN',
      });
      const other = await users.created();
      await users.patch(other.username, { email }).expect(409);
      await users.put({ ...other, email }).expect(409);
    },
  );

  it('can be changed to', async () => {
    const other = await users.created();
    await users.patch(other.username, { email: 'other@bücher.example' }).expect(200);
    await users.put({ ...other, email: 'other@xn--bcher-kva.example' }).expect(200);
    expect((await users.get(other.username)).body).toMatchObject({ email: 'other@xn--bcher-kva.example' });
  });

  it('is refused for a Unicode local part, with the reason', async () => {
    const errors = [
      { field: 'email', message: expect.stringMatching(/^must have ASCII characters only before the @/) },
    ];
    const email = 'jörg@przykład.pl';
    const other = await users.created();
    for (const answer of [
      await users.signUp(newUser({ email })),
      await users.patch(other.username, { email }),
      await users.put({ ...other, email }),
    ])
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED', errors } });
  });
});
