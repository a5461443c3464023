import { afterEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { requestContext } from '../request-context.js';
import { AccessControl } from './access-control.js';
import { type AccessRules, anybody, anybodyKnown, byClient, only, orOwner } from './access-table.js';
import { UnauthorizedError } from './auth-errors.js';
import { NoVerifier } from './no-verifier.js';
import { currentOwner, currentPrincipal, type Principal } from './principal.js';
import { TokenVerifier } from './token-verifier.js';

/** `Bearer user:jane:ROLE_USER` is jane; anything else does not count. */
class SpelledOut extends TokenVerifier {
  verify(token: string | undefined): Principal | undefined {
    if (token === undefined) return undefined;
    const [kind, subject, role] = token.split(':');
    if (role === undefined) throw new UnauthorizedError('TOKEN_INVALID');
    return { kind: kind as 'user' | 'client', subject: subject!, roles: [role] };
  }
}

class Later extends SpelledOut {
  override verify(token: string | undefined) {
    return Promise.resolve(token).then((it) => super.verify(it)) as never;
  }
}

const rules: AccessRules = {
  table: {
    'GET /open': anybody,
    'POST /open': anybodyKnown,
    'POST /client': byClient,
    'GET /all': only('READER', 'ADMIN'),
    'GET /one/:username': orOwner(only('READER', 'ADMIN'), 'path'),
    'PATCH /one/:username': orOwner(only('ADMIN'), 'path', ['role']),
    'PUT /one': orOwner(only('ADMIN'), 'body'),
  },
  userRoles: ['USER', 'READER'],
  isSameName: (one, other) => one.toLowerCase() === other.toLowerCase(),
};

let server: FastifyInstance;
afterEach(() => server.close());

async function start(
  verifier: TokenVerifier,
  table = rules.table,
  hasContext = true,
): Promise<AccessControl> {
  server = fastify();
  const access = new AccessControl({ ...rules, table }, verifier);
  server.addHook('onRequest', (_request, _reply, done) => {
    if (hasContext) requestContext.run({ root: '', requestId: '', entity: undefined }, done);
    else done();
  });
  // As @fastify/cors adds it, before access control.
  server.options('*', (_request, reply) => reply.code(204).send());
  access.attach(server, 'x');
  const who = (): string => currentPrincipal()?.subject ?? 'nobody';
  server.get('/x/open', who);
  server.post('/x/open', who);
  server.post('/x/client', who);
  server.get('/x/all', who);
  server.get('/x/one/:username', who);
  server.patch('/x/one/:username', () => currentOwner() ?? 'any');
  server.put('/x/one', who);
  await server.ready();
  return access;
}

async function ask(what: string, token?: string, body?: object) {
  const [method, path] = what.split(' ') as ['GET', string];
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await server.inject({
    method,
    url: `/x${path}`,
    headers: authorization,
    ...(body && { payload: body }),
  });
  return response.statusCode;
}

describe.each([
  ['answers at once', SpelledOut],
  ['must wait', Later],
])('access, with a verifier that %s', (_name, Verifier) => {
  const jane = 'user:jane:USER';
  const reader = 'user:rita:READER';
  const admin = 'user:adam:ADMIN';

  it.each([
    ['GET /open', undefined, 200],
    ['HEAD /open', undefined, 200],
    ['GET /open', 'rubbish', 200],
    ['POST /open', undefined, 200],
    ['POST /open', jane, 200],
    ['POST /open', 'rubbish', 401],
    ['POST /client', undefined, 200],
    ['POST /client', 'rubbish', 200],
    ['OPTIONS /all', undefined, 204],
    ['OPTIONS /all', 'rubbish', 204],
    ['GET /all', undefined, 401],
    ['HEAD /all', undefined, 401],
    ['GET /all', 'rubbish', 401],
    ['GET /all', jane, 403],
    ['GET /all', reader, 200],
    ['GET /all', 'client:c:READER', 200],
    ['GET /one/jane', undefined, 401],
    ['GET /one/JANE', jane, 200],
    ['GET /one/john', jane, 403],
    ['GET /one/john', reader, 200],
    ['GET /one/jane', 'client:jane:USER', 403],
    ['GET /one/jane', 'user:jane:OTHER', 403],
    ['GET /nothing', undefined, 404],
    ['DELETE /all', undefined, 404],
  ])('%s by %s: %d', async (what, token, status) => {
    await start(new Verifier());
    expect(await ask(what, token)).toBe(status);
  });

  it.each([
    ['PATCH /one/jane', jane, { name: 'x' }, 200],
    ['PATCH /one/jane', jane, { role: null }, 200],
    ['PATCH /one/jane', jane, { role: 'ADMIN' }, 403],
    ['PATCH /one/jane', jane, { role: '' }, 403],
    ['PATCH /one/jane', admin, { role: 'ADMIN' }, 200],
    ['PATCH /one/rita', reader, { name: 'x' }, 200],
    ['PATCH /one/jane', reader, { name: 'x' }, 403],
    ['PUT /one', jane, { username: 'Jane' }, 200],
    ['PUT /one', jane, { username: 'john' }, 403],
    ['PUT /one', 'user:17:USER', { username: 17 }, 200],
    ['PUT /one', 'user:true:USER', { username: true }, 200],
    ['PUT /one', 'user:null:USER', { username: null }, 403],
    ['PUT /one', jane, {}, 403],
    ['PUT /one', jane, { username: ['jane'] }, 403],
    ['PUT /one', jane, undefined, 403],
    ['PUT /one', admin, undefined, 200],
    ['PUT /one', undefined, { username: 'jane' }, 401],
  ])('%s by %s with %j: %d', async (what, token, body, status) => {
    await start(new Verifier());
    expect(await ask(what, token, body)).toBe(status);
  });

  it('keeps whom the request acts as', async () => {
    await start(new Verifier());
    const headers = { authorization: `bearer ${admin}` };
    const [known, unknown] = [
      await server.inject({ url: '/x/all', headers }),
      await server.inject({ url: '/x/open', headers }),
    ];
    expect([known.body, unknown.body]).toEqual(['adam', 'nobody']);
  });

  it.each([
    [jane, 'jane', 'jane'],
    [reader, 'rita', 'rita'],
    [admin, 'jane', 'any'],
  ])('keeps to which record a request is restricted: %s', async (token, name, owner) => {
    await start(new Verifier());
    const headers = { authorization: `Bearer ${token}` };
    const { body } = await server.inject({ method: 'PATCH', url: `/x/one/${name}`, headers });
    expect(body).toBe(owner);
  });

  it('takes the body null for one without fields', async () => {
    await start(new Verifier());
    const headers = { authorization: `Bearer ${jane}`, 'content-type': 'application/json' };
    const send = async (method: 'PATCH' | 'PUT', url: string): Promise<number> =>
      (await server.inject({ method, url, headers, payload: 'null' })).statusCode;
    expect(await send('PATCH', '/x/one/jane')).toBe(200);
    expect(await send('PUT', '/x/one')).toBe(403);
  });

  it('decides also where nothing is kept about requests', async () => {
    await start(new Verifier(), rules.table, false);
    expect(await ask('GET /one/jane', jane)).toBe(200);
    expect(await ask('GET /one/john', jane)).toBe(403);
  });

  it('refuses before the body is read', async () => {
    await start(new Verifier());
    const response = await server.inject({
      method: 'PATCH',
      url: '/x/one/jane',
      headers: { 'content-type': 'application/json' },
      payload: '{not JSON',
    });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });
});

describe('a route without an entry', () => {
  const { 'GET /all': _all, ...table } = rules.table;

  it('is closed to everybody, with AUTH_MODE=none too', async () => {
    await start(new SpelledOut(), table);
    expect(await ask('GET /all')).toBe(403);
    await server.close();
    await start(new NoVerifier(), table);
    expect([await ask('GET /all'), await ask('GET /one/x')]).toEqual([403, 200]);
    expect(await ask('PATCH /one/x', undefined, { role: 'ADMIN' })).toBe(200);
    expect(await ask('PUT /one', undefined, { username: 'x' })).toBe(200);
  });

  it('is named at start, as is an entry without a route', async () => {
    const complete = await start(new SpelledOut());
    expect(() => {
      complete.assertComplete();
    }).not.toThrow();
    await server.close();
    const incomplete = await start(new SpelledOut(), { ...table, 'GET /gone': anybody });
    expect(() => {
      incomplete.assertComplete();
    }).toThrow('access table: routes without an entry: GET /x/all; entries without a route: GET /x/gone');
  });

  it('is covered by one that ends in /*', async () => {
    const access = await start(new SpelledOut(), { 'GET /*': anybody });
    expect(await ask('GET /all')).toBe(200);
    expect(() => {
      access.assertComplete();
    }).toThrow(
      'without an entry: POST /x/open, POST /x/client, PATCH /x/one/:username, PUT /x/one; entries without a route: none',
    );
  });
});
