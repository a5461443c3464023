import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { addJsonBodyParser, BODY_LIMIT_BYTES } from './json-body.js';

let server: FastifyInstance;
let received: unknown;

beforeAll(async () => {
  server = fastify();
  addJsonBodyParser(server);
  server.post('/', (request) => {
    received = request.body;
    return 'ok';
  });
  await server.ready();
});
afterAll(() => server.close());

/** Sends a body and gives what a handler sees, or the status and code of the refusal. */
async function parsed(body: string | Buffer, type = 'application/json'): Promise<unknown> {
  received = 'nothing';
  const response = await server.inject({
    method: 'POST',
    url: '/',
    payload: body,
    headers: { 'content-type': type },
  });
  if (response.statusCode === 200) return received;
  return `${response.statusCode} ${response.json<{ code?: string }>().code}`;
}

describe('the JSON body parser', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/merge-patch+json',
  ])('reads %s', async (type) => {
    expect(await parsed('{"a":[1,true,null,"ü"]}', type)).toEqual({ a: [1, true, null, 'ü'] });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'text/json',
    'application/jsonx',
  ])('refuses %s with 415', async (type) => {
    expect(await parsed('{}', type)).toMatch(/^415 /);
  });

  it.each(['', ' ', '\r\n\t'])('takes %j for no body', async (body) => {
    expect(await parsed(body)).toBeUndefined();
  });

  it.each(['{', '{"a":}', "{'a':1}", '{"a":1,}', '{} x', 'NaN', '{"a":01}', '"a\nb"'])(
    'refuses %j as malformed',
    async (body) => {
      expect(await parsed(body)).toBe('400 MALFORMED_JSON');
    },
  );

  it('refuses bytes that are no UTF-8', async () => {
    expect(await parsed(Buffer.from('7b2261223a22ff227d', 'hex'))).toBe('400 MALFORMED_JSON');
  });

  it('reads JSON that begins with a byte order mark', async () => {
    expect(await parsed('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it('keeps the spelling of numbers that JavaScript would change', async () => {
    expect(await parsed('{"a":1.0,"b":12345678901234567890,"c":1e3,"d":-0,"e":1.5,"f":20}')).toEqual({
      ...{ a: '1.0', b: '12345678901234567890', c: '1e3', d: '-0' },
      ...{ e: 1.5, f: 20 },
    });
  });

  it('drops __proto__ and keeps other odd names', async () => {
    const body = await parsed('{"__proto__":{"admin":true},"constructor":1,"b":{"__proto__":1}}');
    expect(body).toEqual({ constructor: 1, b: {} });
    expect((body as { admin?: unknown }).admin).toBeUndefined();
  });

  it('reads up to the limit', async () => {
    const body = (length: number): string => `"${'x'.repeat(length - 2)}"`;
    expect(await parsed(body(BODY_LIMIT_BYTES))).toHaveLength(BODY_LIMIT_BYTES - 2);
    expect(await parsed(body(BODY_LIMIT_BYTES + 1))).toMatch(/^413 /);
  });

  it('answers the deepest JSON that fits', async () => {
    const deep = `${'['.repeat(BODY_LIMIT_BYTES / 2)}${']'.repeat(BODY_LIMIT_BYTES / 2)}`;
    const result = await parsed(deep);
    expect(Array.isArray(result) || result === '400 MALFORMED_JSON').toBe(true);
  });
});
