import { createHmac } from 'node:crypto';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startIssuer, type TokenIssuer } from '@usermgmt/testing/token-issuer';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import request from 'supertest';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { type AuditFile, auditFile } from './support/audit-file.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
const pseudonym = (key: string, kind = 'user'): string =>
  `${kind}:${createHmac('sha256', 'the-key-of-the-tests').update(key).digest('hex').slice(0, 16)}`;

let audit: AuditFile;
let service: TestService;
let issuer: TokenIssuer | undefined;

beforeEach(() => {
  audit = auditFile();
});
afterEach(async () => {
  await service.stop();
  await issuer?.stop();
  issuer = undefined;
  audit.drop();
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<UsersApi> {
  service = await startService({ ...audit.environment, ...environment });
  return new UsersApi(service.url);
}

async function startClosed(environment: Readonly<Record<string, string>> = {}): Promise<TokenIssuer> {
  issuer = await startIssuer();
  await start({
    AUTH_MODE: 'jwt',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_URL: issuer.jwksUrl,
    SIGN_UP_LIMIT_PER_HOUR: '2',
    ...environment,
  });
  return issuer;
}

/** What a line says besides the things that all have. */
const shortened = ({
  level,
  time,
  service,
  version,
  stream,
  msg,
  traceId,
  requestId,
  from,
  ...rest
}: Record<string, unknown>) => rest;

describe('audit lines', () => {
  it('are one for each write, with who, what, on whom and how it went', async () => {
    const users = await start();
    const user = newUser({ username: 'Ünal', email: 'unal@example.com' });
    const onWhom = pseudonym('unal');
    const all = ['email', 'enabled', 'firstname', 'lastname', 'password', 'role'];
    await users.signUp(user).set('x-amzn-trace-id', `Root=${TRACE}`).expect(201);
    expect(audit.news()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        service: 'user-management',
        version: 'V1',
        stream: 'audit',
        who: 'everybody',
        from: '127.0.0.1',
        what: 'POST /usermgmt/user',
        fields: all,
        onWhom,
        outcome: 'done',
        status: 201,
        traceId: TRACE,
        requestId: expect.stringMatching(/^\w+-\w+$/),
        msg: 'audit',
      },
    ]);
    await users.signUp(user).expect(409);
    await users.signUp({ ...user, email: 'x' }).expect(400);
    await users.patch('UNAL', { role: 'ROLE_MODERATOR', enabled: false }).expect(200);
    await users.put({ ...user, username: 'ünal', firstname: 'Other' }).expect(200);
    await users.delete('unal').expect(200);
    await users.delete('unal').expect(404);
    const common = { who: 'everybody', onWhom };
    const lines = audit.news();
    expect(lines.map(shortened)).toEqual([
      {
        ...common,
        what: 'POST /usermgmt/user',
        fields: all,
        outcome: 'refused',
        status: 409,
        code: 'USERNAME_TAKEN',
      },
      {
        ...common,
        what: 'POST /usermgmt/user',
        fields: all,
        outcome: 'refused',
        status: 400,
        code: 'VALIDATION_FAILED',
      },
      {
        ...common,
        what: 'PATCH /usermgmt/user/:username',
        fields: ['enabled', 'role'],
        outcome: 'done',
        status: 200,
      },
      { ...common, what: 'PUT /usermgmt/user', fields: all, outcome: 'done', status: 200 },
      { ...common, what: 'DELETE /usermgmt/user/:username', outcome: 'done', status: 200 },
      {
        ...common,
        what: 'DELETE /usermgmt/user/:username',
        outcome: 'refused',
        status: 404,
        code: 'USER_NOT_FOUND',
      },
    ]);
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(6);
  });

  it('are written for what cannot be read, and what fails, too', async () => {
    const users = await start();
    const { username } = await users.created();
    audit.news();
    await request(service.url).post('/usermgmt/user').type('json').send('{').expect(400);
    await request(service.url).post('/usermgmt/user').type('text').send('x').expect(415);
    await request(service.url).post('/usermgmt/adminuser').send('"a text"').type('json').expect(400);
    await users.delete('x');
    await service.dataSource.query(
      'CREATE TRIGGER broken BEFORE UPDATE ON users BEGIN SELECT no_such_function(); END',
    );
    await users.patch(username, { firstname: 'y' }).expect(500);
    await service.dataSource.query('ALTER TABLE users RENAME COLUMN lastname TO surname');
    await users.patch(username, { firstname: 'y' }).expect(503);
    expect(audit.news().map(({ outcome, status, code }) => [outcome, status, code])).toEqual([
      ['refused', 400, 'MALFORMED_JSON'],
      ['refused', 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['refused', 400, 'VALIDATION_FAILED'],
      ['refused', 404, 'USER_NOT_FOUND'],
      ['failed', 500, 'INTERNAL_ERROR'],
      ['failed', 503, 'SCHEMA_NOT_READY'],
    ]);
  });

  it('are not written for reads, probes and paths that are not there', async () => {
    const users = await start();
    await users.get('nobody').expect(404);
    await users.list().expect(200);
    await users.list({ limit: '0' }).expect(400);
    await request(service.url).get('/usermgmt/health/live').expect(200);
    await request(service.url).post('/usermgmt/nothing').expect(404);
    await request(service.url).delete('/usermgmt/users').expect(405);
    expect(audit.news()).toEqual([]);
  });

  it('are written for the GETs that write', async () => {
    const users = await start({ LEGACY_WRITING_GETS: 'true' });
    const { username } = await users.created();
    audit.news();
    await request(service.url).get(`/usermgmt/status/${username}`).expect(200);
    await request(service.url).get(`/usermgmt/user/activate/${username}`).expect(200);
    const common = { who: 'everybody', onWhom: pseudonym(username), outcome: 'done', status: 200 };
    expect(audit.news().map(shortened)).toEqual([
      { ...common, what: 'GET /usermgmt/status/:username' },
      { ...common, what: 'GET /usermgmt/user/activate/:username' },
    ]);
  });

  it('say who was refused, reads included', async () => {
    const { token } = await startClosed();
    const user = {
      authorization: `Bearer ${await token('Jane', 'usermgmt', { claims: { authorities: ['ROLE_USER'] } })}`,
    };
    const get = (path: string, headers = {}) => request(service.url).get(`/usermgmt/${path}`).set(headers);
    await get('users').expect(401);
    await get('user/other', { authorization: 'Bearer planted' }).expect(401);
    await get('users', user).expect(403);
    await get('user/OTHER', user).expect(403);
    await request(service.url)
      .patch('/usermgmt/user/jane')
      .set(user)
      .send({ role: 'ROLE_ADMIN' })
      .expect(403);
    const who = pseudonym('jane');
    const refused = { outcome: 'refused' };
    expect(audit.news().map(shortened)).toEqual([
      { ...refused, what: 'GET /usermgmt/users', status: 401, code: 'TOKEN_MISSING' },
      {
        ...refused,
        what: 'GET /usermgmt/user/:username',
        onWhom: pseudonym('other'),
        status: 401,
        code: 'TOKEN_INVALID',
      },
      { ...refused, who, what: 'GET /usermgmt/users', status: 403, code: 'FORBIDDEN' },
      {
        ...refused,
        who,
        what: 'GET /usermgmt/user/:username',
        onWhom: pseudonym('other'),
        status: 403,
        code: 'FORBIDDEN',
      },
      {
        ...refused,
        who,
        what: 'PATCH /usermgmt/user/:username',
        fields: ['role'],
        onWhom: who,
        status: 403,
        code: 'ADMIN_ONLY_FIELD',
      },
    ]);
  });

  it('say whom a limit refused', async () => {
    await startClosed({ RATE_LIMIT_PER_MINUTE: '4', TRUSTED_PROXIES: 'loopback' });
    const forwarded = { 'x-forwarded-for': '198.51.100.7' };
    const signUp = () => request(service.url).post('/usermgmt/user').set(forwarded).send(newUser());
    await signUp().expect(201);
    await signUp().expect(201);
    await signUp().expect(429);
    await request(service.url).get('/usermgmt/hello').set(forwarded).expect(200);
    await request(service.url).get('/usermgmt/hello').set(forwarded).expect(429);
    await request(service.url).get('/usermgmt/nothing').set(forwarded).expect(429);
    const lines = audit.news();
    expect(lines.map(({ what, status, code, from }) => [what, status, code, from])).toEqual([
      ['POST /usermgmt/user', 201, undefined, '198.51.100.7'],
      ['POST /usermgmt/user', 201, undefined, '198.51.100.7'],
      ['POST /usermgmt/user', 429, 'TOO_MANY_REQUESTS', '198.51.100.7'],
      ['GET /usermgmt/hello', 429, 'TOO_MANY_REQUESTS', '198.51.100.7'],
      ['GET (no route)', 429, 'TOO_MANY_REQUESTS', '198.51.100.7'],
    ]);
  });

  it.each([
    ['203.0.113.9:40001', '203.0.113.9'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['[::ffff:cb00:7109]:443', '203.0.113.9'],
    ['unknown', '127.0.0.1'],
  ])('name a client that a proxy calls %s as %s', async (forwarded, from) => {
    await startClosed({ TRUSTED_PROXIES: 'loopback' });
    await request(service.url).get('/usermgmt/users').set({ 'x-forwarded-for': forwarded }).expect(401);
    expect(audit.news()).toEqual([expect.objectContaining({ from, status: 401 })]);
  });

  it('are written for a write whose client has gone', async () => {
    await start();
    const user = newUser();
    const outgoing = httpRequest(`${service.url}/usermgmt/user`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    const server = service.app.getHttpServer();
    const gone = new Promise((resolve) => {
      server.once('request', ({ socket }: IncomingMessage) => socket.once('close', resolve));
    });
    // The client goes while the password is being hashed.
    const hasher = service.app.get(PasswordHasher, { strict: false });
    const hash = hasher.hash.bind(hasher);
    jest.spyOn(hasher, 'hash').mockImplementationOnce(async (...password) => {
      outgoing.destroy();
      await gone;
      return hash(...password);
    });
    outgoing.on('error', () => undefined).end(JSON.stringify(user));
    const [line] = await waitFor('the line', async () => {
      const news = audit.news();
      return news.length > 0 && news;
    });
    expect(line).toMatchObject({ onWhom: pseudonym(user.username), outcome: 'done', status: 201 });
    await new UsersApi(service.url).get(user.username).expect(200);
  });

  it('hold no value of a request', async () => {
    const users = await start();
    const user = newUser({
      username: 'planted-name',
      password: 'Planted@Pass1',
      email: 'planted@example.com',
      firstname: 'planted',
      lastname: 'planted',
    });
    await users.signUp({ ...user, planted: 'planted' }).expect(201);
    await users.patch('planted-name', { lastname: 'planted2', 'planted-field': 1 }).expect(200);
    await users.delete('planted-name?planted').expect(404);
    await request(service.url)
      .post('/usermgmt/user?planted=planted')
      .set('user-agent', 'planted')
      .send('planted');
    expect(audit.news()).toHaveLength(4);
    expect(audit.text()).not.toMatch(/planted/i);
  });
});
