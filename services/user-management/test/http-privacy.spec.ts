import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LogStream } from '@usermgmt/service-kit/log-stream';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import type { Response } from 'supertest';
import { describeOnMysql, mysqlDatabase } from './support/database.js';
import { refuse } from './support/notification-server.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

const PRIVATE = newUser({
  username: 'private-name',
  password: 'Private@Pass1',
  email: 'private.address@example.com',
  firstname: 'PrivateFirst',
  lastname: 'PrivateLast',
});
const SECRETS = [/private/i, /\$argon2/];

let logged: string;
let service: TestService;
let users: UsersApi;

beforeAll(async () => {
  jest.spyOn(LogStream.prototype, 'write').mockImplementation((line) => {
    logged += line;
  });
  logged = '';
  service = await startService({ LOG_LEVEL: 'trace', AUDIT_FILE: '' });
  users = new UsersApi(service.url);
});
beforeEach(() => {
  logged = '';
});
afterEach(() => {
  for (const secret of SECRETS) expect(logged).not.toMatch(secret);
});
afterAll(async () => {
  await service.stop();
  jest.restoreAllMocks();
});

describe('passwords', () => {
  it('are in no answer, in no mail and in no log line', async () => {
    const changes = { password: 'Private@Pass2', firstname: 'x' };
    const responses = [
      await users.signUp(PRIVATE).expect(201),
      await users.signUp(PRIVATE).expect(409),
      await users.createByAdmin(newUser({ password: PRIVATE.password })).expect(201),
      await users.get(PRIVATE.username).expect(200),
      await users.list().expect(200),
      await users.list({ limit: '5' }).expect(200),
      await users.list({ email: PRIVATE.email }).expect(200),
      await users.patch(PRIVATE.username, changes).expect(200),
      await users.put({ ...PRIVATE, ...changes }).expect(200),
      await users.signUp({ ...PRIVATE, password: 'Private@' }).expect(400),
      await users.delete(PRIVATE.username).expect(200),
    ];
    for (const { text } of responses) expect(text).not.toMatch(/Private@|\$argon2/);
    expect(JSON.stringify(service.notification.mails)).not.toMatch(/Private@|\$argon2/);
  });
});

function expectNothingTold({ text, body }: Response, code: string): void {
  expect(body).toMatchObject({ code });
  for (const secret of [...SECRETS, /sql/i, /column/]) expect(text).not.toMatch(secret);
  expect(logged).toContain(`"traceId":"${(body as { traceId: string }).traceId}"`);
  expect(logged).toContain(code);
}

function expectInternalError(response: Response): void {
  expect(response.status).toBe(500);
  expect(response.body).toMatchObject({ detail: 'Something went wrong' });
  expectNothingTold(response, 'INTERNAL_ERROR');
}

describe('errors of the server', () => {
  it('tell nothing to the client and no value to the log', async () => {
    await service.dataSource.query('ALTER TABLE users RENAME TO users_away');
    await service.dataSource.query('CREATE VIEW users AS SELECT *, no_such_function() FROM users_away');
    try {
      expectInternalError(await users.signUp(PRIVATE));
      expect(logged).toContain('POST /usermgmt/user');
      expectInternalError(await users.get(PRIVATE.username));
      expect(logged).toContain('GET /usermgmt/user/:username');
      expectInternalError(await users.patch(PRIVATE.username, { email: PRIVATE.email }));
      expectInternalError(await users.list({ email: PRIVATE.email }));
    } finally {
      await service.dataSource.query('DROP VIEW users');
      await service.dataSource.query('ALTER TABLE users_away RENAME TO users');
    }
  });

  it('are the same for a schema that is not ready', async () => {
    await service.dataSource.query('ALTER TABLE users RENAME COLUMN lastname TO surname');
    try {
      for (const response of [await users.signUp(PRIVATE), await users.get(PRIVATE.username)]) {
        expect(response.status).toBe(503);
        expectNothingTold(response, 'SCHEMA_NOT_READY');
      }
    } finally {
      await service.dataSource.query('ALTER TABLE users RENAME COLUMN surname TO lastname');
    }
  });

  it('are the same for mails that are given up', async () => {
    service.notification.answer = refuse(422, 'RECIPIENT_REJECTED');
    await users.signUp(PRIVATE).expect(201);
    await waitFor('the line', async () => logged.includes('mail given up'));
    expect(logged).toContain('422 RECIPIENT_REJECTED');
  });
});

describeOnMysql('errors of MySQL, which quotes values', () => {
  it('tell nothing to the client and no value to the log', async () => {
    const onMysql = await startService({ LOG_LEVEL: 'trace' }, mysqlDatabase);
    await onMysql.dataSource.query('ALTER TABLE users MODIFY firstname int NOT NULL');
    const response = await new UsersApi(onMysql.url).signUp(PRIVATE);
    await onMysql.stop();
    expectInternalError(response);
    expect(logged).toContain('ER_TRUNCATED_WRONG_VALUE_FOR_FIELD');
  });
});
