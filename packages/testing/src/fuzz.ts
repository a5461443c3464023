import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { System } from './system.ts';
import { newUser } from './users.ts';

/** For both services together; each is one request. */
const RUNS = 3_000;

interface Answer {
  status: number;
  type: string;
  body: string;
}

/** Sends exactly the path and headers given: fetch would tidy them up. */
function exchange(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const framed = { ...headers, 'content-length': String(body.length) };
    const outgoing = request({ hostname, port, method, path, headers: framed, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const PATHS = [
  ...[
    'users',
    'user',
    'adminuser',
    'hello',
    'hello-bean',
    'health-status',
    'health/ready',
    'ns-status',
    'openapi.json',
  ],
  ...['notification-xray', 'notification-service-info', 'nothing'],
].map((path) => `/usermgmt/${path}`);
const NOTIFICATION_PATHS = ['send', 'info', 'xray', 'health-status'].map((path) => `/notification/${path}`);

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '%',
    '/',
    '..',
    '💥'.repeat(10),
    'x'.repeat(300),
    "' OR 1=1 --",
    '{{username}}',
    '\r\n',
  ),
);
const anyValue = fc.oneof(
  { weight: 3, arbitrary: anyText },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(1e308, -0, 2 ** 60),
);
/** A valid body of which some fields are replaced by anything, or are missing. */
const bodyLike = (valid: object): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.dictionary(fc.constantFrom(...Object.keys(valid), '__proto__', 'constructor', 'x'), anyValue, {
        maxKeys: 4,
      }),
      fc.subarray(Object.keys(valid)),
    )
    .map(([changes, kept]) => ({
      ...Object.fromEntries(Object.entries(valid).filter(([key]) => kept.includes(key))),
      ...changes,
    }));

const mail = {
  subject: 's',
  content: 'c',
  from: 'f',
  toEmails: ['a@example.com'],
  ccEmails: [],
  bccEmails: [],
};
const body = fc.oneof(
  bodyLike(newUser()).map((value) => JSON.stringify(value)),
  bodyLike(mail).map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '{', '[]', 'null', '"x"', '{"a":', `"${'x'.repeat(110_000)}"`),
);
const encoded = anyText.map((text) => {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80';
  }
});
const path = fc.oneof(
  fc.constantFrom(...PATHS, ...NOTIFICATION_PATHS),
  encoded.map((name) => `/usermgmt/user/${name}`),
  encoded.map((name) => `/usermgmt/status/${name}`),
  encoded.map((name) => `/usermgmt/user/activate/${name}`),
  fc
    .tuple(fc.constantFrom('limit', 'after', 'email', 'x'), encoded)
    .map(([key, value]) => `/usermgmt/users?${key}=${value}`),
  fc.stringMatching(/^[!-~]{0,40}$/).map((text) => `/usermgmt/${text}`),
  fc.constantFrom(
    '/usermgmt/user/%',
    '/usermgmt/user/%zz',
    '/usermgmt//users',
    '/usermgmt/users/',
    '*',
    '/',
    '/%00',
  ),
);
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/x-www-form-urlencoded',
      'x',
      'application/merge-patch+json',
    ),
    accept: fc.constantFrom(
      '*/*',
      'application/json',
      'text/html',
      'application/xml',
      ';;;',
      'application/json;q=0',
    ),
    'idempotency-key': fc.stringMatching(/^[ -~]{0,300}$/),
    'x-amzn-trace-id': fc.stringMatching(/^[ -~]{0,100}$/),
  },
  { requiredKeys: [] },
);
const method = fc.constantFrom(
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
);

/** No input at all may lead to a 5xx. */
export function describeAnyInput(name: string, start: () => Promise<System>): void {
  describe(`any input, on ${name}`, () => {
    let system: System;
    beforeAll(async () => {
      system = await start();
    }, 300_000);
    afterAll(async () => {
      await system.stop();
    }, 60_000);

    it(`never leads to a 5xx, and every error is a problem with a code (${RUNS} requests)`, async () => {
      await fc.assert(
        fc.asyncProperty(method, path, headers, body, async (verb, target, fields, content) => {
          const base = target.startsWith('/notification') ? system.notification : system.users;
          const answer = await exchange(base, verb, target, fields, Buffer.from(content));
          expect(answer.status).toBeGreaterThanOrEqual(200);
          expect(answer.status).toBeLessThan(500);
          if (answer.status < 400 || verb === 'HEAD') return;
          expect(answer.type).toMatch(/^application\/problem\+json/);
          expect(JSON.parse(answer.body)).toMatchObject({
            status: answer.status,
            code: expect.stringMatching(/^[A-Z_]+$/),
          });
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    }, 300_000);
  });
}
