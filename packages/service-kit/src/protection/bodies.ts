import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../app-error.js';
import { BodyBudget } from './body-budget.js';
import { networkOf } from './client-network.js';
import type { RateLimits } from './rate-limits.js';

/**
 * Bytes of bodies under way. In all: 1,024 users or 163 mails of the greatest
 * size, a tenth of the smallest pod's memory. Of one address: half of it.
 */
const BUDGET = { perAddress: 8 * 1_024 * 1_024, inAll: 16 * 1_024 * 1_024 } as const;

/** Bodies of these are not read. */
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses a body before it is read when it is compressed, or when too many bodies are under way. */
export function boundBodies(fastify: FastifyInstance, limits: RateLimits): void {
  const budget = new BodyBudget({ ...BUDGET, tooMany: limits.refusals('bodies') });
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    if (READS.has(request.method) || request.is404 || !hasBody(request)) {
      done(null, payload);
      return;
    }
    try {
      assertPlain(request);
      reply.raw.once('close', budget.take(networkOf(request), sizeOf(request)));
      done(null, payload);
    } catch (error) {
      // The rest of the body may still come.
      void reply.header('connection', 'close');
      done(error as Error);
    }
  });
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** What is announced, or the route's limit: more is not read. */
function sizeOf({ headers, routeOptions }: FastifyRequest): number {
  const { bodyLimit } = routeOptions;
  return Math.min(bodyLimit, Number(headers['content-length'] ?? bodyLimit));
}

/** @throws AppError for a compressed body: 100 kB can hold 100 MB */
function assertPlain({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return;
  throw new AppError(
    415,
    'UNSUPPORTED_CONTENT_ENCODING',
    'The body must not be compressed: send it without Content-Encoding',
    { headers: { 'accept-encoding': 'identity' } },
  );
}
