import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from './app-error.js';

/** The largest body that is read; the original's limit for a JSON body. */
export const BODY_LIMIT_BYTES = 100 * 1024;

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
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
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

/** Of a route that takes a form, and no JSON: `@RouteConfig(FORM_ROUTE)`. */
export const FORM_ROUTE = { form: true };

/** Parses forms (application/x-www-form-urlencoded) where a route wants one; a name that comes twice has a list. */
export function addFormBodyParser(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(
    /^application\/x-www-form-urlencoded\b/i,
    { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES },
    (request, body, done) => {
      if (!takesForm(request)) {
        done(unsupported());
        return;
      }
      const fields: Record<string, string | string[]> = {};
      for (const [name, value] of new URLSearchParams(body as string)) {
        // Nothing here has such a name, and it must not become a prototype.
        if (name === '__proto__') continue;
        fields[name] = Object.hasOwn(fields, name) ? [fields[name] ?? [], value].flat() : value;
      }
      done(null, fields);
    },
  );
}

const takesForm = (request: FastifyRequest): boolean =>
  (request.routeOptions.config as { form?: boolean }).form === true;

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
