import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** How long a browser may remember what it may send, in seconds; as in the original. */
const MAX_AGE_S = 3_600;

/**
 * Lets the pages of some origins call from a browser. Without it no browser
 * lets any page of another origin read an answer.
 *
 * OPTIONS other than a browser's preflight goes on to the routes, which say
 * what the path takes.
 */
export async function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  await fastify.register(cors, {
    delegator: (request, decided) => {
      const { origin, 'access-control-request-method': wanted } = request.headers;
      const isOther = request.method === 'OPTIONS' && (origin === undefined || wanted === undefined);
      decided(null, {
        origin: isOther ? false : [...origins],
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-amzn-trace-id'],
        exposedHeaders: ['link', 'location', 'retry-after', 'www-authenticate', 'x-amzn-trace-id'],
        maxAge: MAX_AGE_S,
      });
    },
  });
}
