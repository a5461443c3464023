import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import request, { type Response, type Test } from 'supertest';
import { startService, type TestService } from './support/service.js';

const ID = '1-5759e988-bd862e3fe1be46a994272793';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

type Method = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options';

interface Call {
  method?: Method;
  path: string;
  headers?: Record<string, string>;
  body?: string | object;
}

function call({ method = 'get', path, headers = {}, body }: Call): Test {
  const client = request(service.url);
  const trace = { 'x-amzn-trace-id': `Root=${ID};Sampled=0` };
  return client[method](path)
    .set({ ...trace, ...headers })
    .send(body);
}

function expectProblem(response: Response, status: number, code: string): void {
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json(?:;|$)/);
  expect(response.body).toMatchObject({
    type: 'about:blank',
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
    traceId: ID,
  });
  expect(response.status).toBe(status);
}

const json = (body: string): Call => ({
  method: 'post',
  path: '/usermgmt/user',
  headers: { 'content-type': 'application/json' },
  body,
});

describe('errors are problems with a code and the trace id of the request', () => {
  it.each([
    [404, 'NOT_FOUND', { path: '/' }],
    [404, 'NOT_FOUND', { path: '/usermgmt/nothing' }],
    [404, 'NOT_FOUND', { path: '/hello' }],
    [404, 'NOT_FOUND', { path: '/usermgmt/user/a/b' }],
    [404, 'NOT_FOUND', { method: 'options', path: '/usermgmt/nothing' }],
    [404, 'USER_NOT_FOUND', { path: '/usermgmt/user/nobody' }],
    [400, 'MALFORMED_URL', { path: '/usermgmt/user/%zz' }],
    [414, 'URI_TOO_LONG', { path: `/usermgmt/user/${'x'.repeat(1_001)}` }],
    [406, 'NOT_ACCEPTABLE', { path: '/usermgmt/users', headers: { accept: 'text/html' } }],
    [406, 'NOT_ACCEPTABLE', { path: '/usermgmt/user/x', headers: { accept: 'application/json;q=0' } }],
    [406, 'NOT_ACCEPTABLE', { path: '/usermgmt/hello-bean', headers: { accept: 'image/*' } }],
    [400, 'MALFORMED_JSON', json('{"username":')],
    [400, 'MALFORMED_JSON', json("{'username':1}")],
    [400, 'VALIDATION_FAILED', json('')],
    [400, 'VALIDATION_FAILED', json('[]')],
    [400, 'VALIDATION_FAILED', json('null')],
    [400, 'VALIDATION_FAILED', { path: '/usermgmt/users?limit=0' }],
    [400, 'VALIDATION_FAILED', { method: 'post', path: '/usermgmt/user' }],
    [413, 'PAYLOAD_TOO_LARGE', json(JSON.stringify({ ...newUser(), x: 'x'.repeat(102_400) }))],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { ...json('{}'), headers: { 'content-type': 'text/plain' } }],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { ...json('a=1'), headers: { 'content-type': 'application/xml' } }],
    [
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { ...json('a=1'), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
  ] as [number, string, Call][])('%d %s: %j', async (status, code, what) => {
    expectProblem(await call(what), status, code);
  });

  it.each([
    ['post', '/usermgmt/users', 'GET, HEAD, OPTIONS'],
    ['delete', '/usermgmt/user', 'OPTIONS, POST, PUT'],
    ['get', '/usermgmt/user', 'OPTIONS, POST, PUT'],
    ['post', '/usermgmt/user/x', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['put', '/usermgmt/adminuser/', 'OPTIONS, POST'],
    ['delete', '/usermgmt/health/live', 'GET, HEAD, OPTIONS'],
    ['put', '/usermgmt/user/a%2Fb?x=1', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
  ] as [Method, string, string][])('405 for %s %s, with Allow', async (method, path, allow) => {
    const wrong = await call({ method, path });
    expectProblem(wrong, 405, 'METHOD_NOT_ALLOWED');
    expect(wrong.headers.allow).toBe(allow);
    const options = await call({ method: 'options', path });
    expect([options.status, options.text, options.headers.allow]).toEqual([200, '', allow]);
  });

  it.each([
    ['{', 'application/json'],
    ['x', 'text/plain'],
    ['x'.repeat(200_000), 'application/json'],
  ])('there is no route, whatever its body is: %.10j as %s', async (body, type) => {
    const headers = { 'content-type': type };
    expectProblem(
      await call({ method: 'post', path: '/usermgmt/users', headers, body }),
      405,
      'METHOD_NOT_ALLOWED',
    );
    expectProblem(await call({ method: 'post', path: '/usermgmt/nothing', headers, body }), 404, 'NOT_FOUND');
  });

  it.each(['PROPFIND', 'TRACE', 'PURGE', 'QUERY'])('405 for the method %s', async (method) => {
    const outgoing = httpRequest(`${service.url}/usermgmt/users`, { method }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(405);
    expect(JSON.parse(await text(response))).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  it('has a trace id of its own when none was given, in answers of users too', async () => {
    const response = await request(service.url).get('/usermgmt/nothing');
    expect(response.body.traceId).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });
});

describe('a body', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const routes: [Method, string, string, number][] = [
    ['post', '/usermgmt/user', 'application/json', 16],
    ['post', '/usermgmt/adminuser', 'application/json', 16],
    ['put', '/usermgmt/user', 'application/json', 16],
    ['patch', '/usermgmt/user/jane', 'application/json', 16],
    ['post', '/usermgmt/oauth/token', FORM, 20],
    ['post', '/usermgmt/oauth/check_token', FORM, 20],
    ['post', '/usermgmt/oauth/revoke', FORM, 20],
    ['delete', '/usermgmt/user/jane', 'application/json', 1],
  ];

  it.each(routes)('of %s %s as %s may have %d kB', async (method, path, type, kilobytes) => {
    const headers = { 'content-type': type };
    const body = (bytes: number): string => (type === FORM ? 'a='.padEnd(bytes, 'x') : '{}'.padEnd(bytes));
    const bytes = kilobytes * 1_024;
    expect((await call({ method, path, headers, body: body(bytes) })).status).not.toBe(413);
    const larger = await call({ method, path, headers, body: body(bytes + 1) });
    expectProblem(larger, 413, 'PAYLOAD_TOO_LARGE');
    expect(larger.body.detail).toBe(`The body is larger than ${kilobytes} kB`);
  });

  it.each(routes)('of %s %s is refused when it is compressed', async (method, path, type) => {
    const body = gzipSync('{}');
    const headers = {
      'content-type': type,
      'content-encoding': 'gzip',
      'content-length': body.length,
      'x-amzn-trace-id': `Root=${ID}`,
    };
    const outgoing = httpRequest(`${service.url}${path}`, { method: method.toUpperCase(), headers }).end(
      body,
    );
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(response))).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_CONTENT_ENCODING',
      traceId: ID,
    });
    expect(response.headers['accept-encoding']).toBe('identity');
  });

  it('may say that it is not compressed', async () => {
    const headers = { 'content-encoding': 'identity' };
    const body = newUser();
    expect((await call({ method: 'post', path: '/usermgmt/user', headers, body })).status).toBe(201);
  });
});

describe('what is no HTTP', () => {
  const POST = 'POST /usermgmt/user HTTP/1.1\r\nHost: x\r\n';
  /** Sends bytes and reads all that comes back. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    return text(socket);
  }

  it.each([
    ['garbage\r\n\r\n', 400, 'MALFORMED_HTTP'],
    ['GET /usermgmt/hello HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n', 400, 'MALFORMED_HTTP'],
    // Where one request ends and the next begins must never be a matter of opinion.
    [`${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'MALFORMED_HTTP'],
    [`${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, 400, 'MALFORMED_HTTP'],
    [`${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400, 'MALFORMED_HTTP'],
    [`${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400, 'MALFORMED_HTTP'],
    [`GET / HTTP/1.1\r\nHost: x\r\nLong: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ])('%j is a problem too', async (bytes, status, code) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json\r\n');
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ status, code });
  });
});

describe('Accept', () => {
  it.each([undefined, '*/*', 'application/*', 'application/json', 'text/html, application/json;q=0.1'])(
    '%s gets JSON',
    async (accept) => {
      const response = await call({ path: '/usermgmt/users', ...(accept && { headers: { accept } }) });
      expect(response.status).toBe(200);
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    },
  );

  const ANY = ['text/plain', 'application/json', '*/*', 'application/xml', 'text/html', 'image/png', 'x', ''];
  const TEXTS = ['health-status', 'health/status', 'hello', 'notification-health-status'];

  it.each([...TEXTS, 'notification-service-info'])('of any kind gets the text %s', async (path) => {
    for (const accept of ANY) {
      for (const method of ['get', 'head'] as const) {
        const response = await call({ method, path: `/usermgmt/${path}`, headers: { accept } });
        expect([accept, method, response.status]).toEqual([accept, method, 200]);
        expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
      }
    }
  });

  it.each(['live', 'ready', 'dependencies'])('of any kind gets the probe %s', async (probe) => {
    for (const accept of ANY) {
      const response = await call({ path: `/usermgmt/health/${probe}`, headers: { accept } });
      expect([accept, response.status]).toEqual([accept, 200]);
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    }
  });

  it('does not keep a write from being done', async () => {
    const response = await call({
      method: 'post',
      path: '/usermgmt/user',
      headers: { accept: 'text/html' },
      body: newUser(),
    });
    expect(response.status).toBe(201);
  });
});
