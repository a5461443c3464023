import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

/** Rows that the original let in, or somebody wrote by hand, and that no request could make today. */
const OLD_ROWS = [
  { username: 'no at sign', email: 'jane.example.com' },
  { username: 'no address', email: '' },
  { username: 'unicode', email: 'jörg@bücher.example' },
  { username: 'no role', role: '' },
  { username: 'odd role', role: 'admin ' },
  { username: 'tab\there' },
  { username: 'trailing space ' },
  { username: ' leading space' },
  { username: 'ab' },
  { username: 'x' },
  { username: 'line\nbreak', firstname: 'a\r\nb', lastname: '\u0007' },
  { username: 'no names', firstname: '', lastname: '' },
  { username: '\u200b\u200b\u200b', email: 'invisible@example.com' },
];

describe.each(OLD_ROWS)('the old row %j', (old) => {
  let service: TestService;
  let users: UsersApi;
  let before: { email: string; firstname: string };
  const { username } = old;

  beforeAll(async () => {
    service = await startService();
    users = new UsersApi(service.url);
    await insertUsers(service.dataSource, [old]);
    before = (await users.get(username).expect(200)).body as typeof before;
  });
  afterAll(() => service.stop());

  it('is shown as it is', async () => {
    expect(before).toMatchObject(old);
    expect((await users.list().expect(200)).body).toEqual([{ ...before, appversion: 'V1' }]);
    expect((await users.list({ limit: '5' }).expect(200)).body).toHaveLength(1);
    expect((await users.list({ email: before.email }).expect(200)).body).toHaveLength(1);
  });

  it('can be changed by PATCH, with its address as it is', async () => {
    await users.patch(username, { enabled: false }).expect(200);
    if (before.email !== '') await users.patch(username, { email: before.email }).expect(200);
    expect((await users.get(username)).body).toEqual({ ...before, enabled: false });
  });

  it('can be changed by PUT, with its address as it is', async () => {
    const change = { firstname: 'New', lastname: 'Name' };
    const email = before.email === '' ? 'now@example.com' : before.email;
    await users.put({ username, email, ...change }).expect(200);
    expect((await users.get(username)).body).toEqual({ ...before, ...change, email, enabled: false });
  });

  it('cannot get another address that is none', async () => {
    const response = await users.patch(username, { email: 'other.example.com' }).expect(400);
    expect(response.body.errors).toEqual([{ field: 'email', message: 'must be an e-mail address' }]);
  });

  it('can be deleted', async () => {
    await users.delete(username).expect(200);
    expect((await users.list()).body).toEqual([]);
  });
});
