import { parse, type ParsedUrlQuery } from 'node:querystring';
import type { FastifyInstance } from 'fastify';
import { AppError } from './app-error.js';
import { takesForm } from './body-limits.js';

/**
 * Parses JSON bodies the way the Java original did: no body where there is an
 * empty one, unknown and dangerous keys no error, and a number that JavaScript
 * would spell otherwise (1.0, or more digits than a double holds) kept as text,
 * so that it can be taken where a string is expected.
 */
export function addJsonBodyParser(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json\b/i,
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (takesForm(request)) {
        done(unsupported());
        return;
      }
      try {
        done(null, parseJson(body as Buffer));
      } catch (cause) {
        done(new AppError(400, 'MALFORMED_JSON', 'Malformed JSON request', { cause }));
      }
    },
  );
}

/** Parses forms (application/x-www-form-urlencoded) where a route wants one; a repeated name has a list of values. */
export function addFormBodyParser(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(
    /^application\/x-www-form-urlencoded\b/i,
    { parseAs: 'string' },
    (request, body, done) => {
      if (takesForm(request)) done(null, parseForm(body as string));
      else done(unsupported());
    },
  );
}

/** URLSearchParams and lists that are copied at each repetition take quadratic time; this is linear. */
function parseForm(text: string): ParsedUrlQuery {
  const fields = parse(text, '&', '=', { maxKeys: 0 });
  // No form here has such a name, and it must not become a prototype where the fields are copied.
  delete fields.__proto__;
  return fields;
}

const unsupported = (): Error => Object.assign(new Error('unsupported media type'), { statusCode: 415 });

function parseJson(body: Buffer): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  if (text.trim() === '') return undefined;
  return JSON.parse(text, keepSpelling) as unknown;
}

function keepSpelling(this: object, key: string, value: unknown, context?: { source?: string }): unknown {
  // "__proto__" in JSON is an ordinary key to JSON.parse; no code here expects one.
  if (key === '__proto__') return undefined;
  if (typeof value === 'number' && context?.source !== undefined && String(value) !== context.source) {
    return context.source;
  }
  return value;
}
