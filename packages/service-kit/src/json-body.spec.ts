import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { growthOf, MOST_GROWTH, workOf } from '@usermgmt/testing/growth/work';
import fastify, { type FastifyInstance } from 'fastify';
import { addFormBodyParser, addJsonBodyParser } from './json-body.js';

const BODY_LIMIT_BYTES = 100 * 1_024;

let server: FastifyInstance;
let received: unknown;

beforeAll(async () => {
  server = fastify({ bodyLimit: BODY_LIMIT_BYTES });
  addJsonBodyParser(server);
  addFormBodyParser(server);
  server.post('/', (request) => {
    received = request.body;
    return 'ok';
  });
  server.post('/form', { config: { form: true } }, (request) => {
    received = request.body;
    return 'ok';
  });
  await server.ready();
});
afterAll(() => server.close());

/** Sends a body and gives what a handler sees, or the status and code of the refusal. */
async function parsed(body: string | Buffer, type = 'application/json', url = '/'): Promise<unknown> {
  received = 'nothing';
  const response = await server.inject({
    method: 'POST',
    url,
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

const FORM = 'application/x-www-form-urlencoded';
const form = (body: string): Promise<unknown> => parsed(body, FORM, '/form');

describe('the form body parser', () => {
  it('gives a list to a name that is repeated', async () => {
    expect(await form('a=1&b=2&a=3&a=4&c')).toEqual({ a: ['1', '3', '4'], b: '2', c: '' });
  });

  it('takes the names of what every object inherits for ordinary names', async () => {
    expect(await form('constructor=1&toString=2&toString=3&__proto__=4')).toEqual({
      constructor: '1',
      toString: ['2', '3'],
    });
  });

  it('reads 51,000 fields of one name', async () => {
    expect(((await form('a&'.repeat(51_000))) as { a: string[] }).a).toHaveLength(51_000);
  });
});

describe('reading a body', () => {
  it.each([
    ['a repeated name', FORM, (length: number) => 'a&'.repeat(length / 2)],
    ['many names', FORM, (length: number) => names(length / 7, (index) => `${index}=&`)],
    ['escapes', FORM, (length: number) => '%C3%A4'.repeat(length / 6)],
    ['broken escapes', FORM, (length: number) => '%'.repeat(length)],
    ['a repeated key', 'application/json', (length: number) => `{${'"a":1,'.repeat(length / 6)}"b":2}`],
    ['many keys', 'application/json', (length: number) => `{${names(length / 10, (i) => `"${i}":1,`)}"b":2}`],
    [
      'nested arrays',
      'application/json',
      (length: number) => '['.repeat(length / 2) + ']'.repeat(length / 2),
    ],
    ['a long number', 'application/json', (length: number) => '1'.repeat(length)],
    [
      'many __proto__',
      'application/json',
      (length: number) => `[${'{"__proto__":0},'.repeat(length / 16)}0]`,
    ],
    ['surrogates', 'application/json', (length: number) => `"${'\\ud800'.repeat(length / 6)}"`],
  ])('takes work that is linear in its size: %s', async (_what, type, body) => {
    const url = type === FORM ? '/form' : '/';
    const { ratio = 0 } = await growthOf((share) =>
      workOf(() => parsed(body(Math.max(96_000 * share, 96)), type, url)),
    );
    expect(ratio).toBeLessThan(MOST_GROWTH);
  });
});

function names(count: number, text: (index: number) => string): string {
  return Array.from({ length: Math.floor(count) }, (_none, index) => text(index)).join('');
}
