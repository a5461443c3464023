import type { FastifyInstance } from 'fastify';
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
    (_request, body, done) => {
      try {
        done(null, parseJson(body as Buffer));
      } catch (cause) {
        done(new AppError(400, 'MALFORMED_JSON', 'Malformed JSON request', { cause }));
      }
    },
  );
}

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
