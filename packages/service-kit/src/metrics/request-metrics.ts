import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.js';

const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures every request, by its route's template: paths that no route takes share one label. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram(
    {
      name: 'http_request_duration_seconds',
      help: 'Time from a request to the end of its answer',
      labels: ['method', 'route', 'status_class'],
    },
    BUCKETS_S,
  );
  const inFlight = metrics.gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that are being answered',
  });
  const open = new WeakSet<FastifyRequest>();
  const close = (request: FastifyRequest): void => {
    if (open.delete(request)) inFlight.dec();
  };
  fastify.addHook('onRequest', (request, _reply, done) => {
    open.add(request);
    inFlight.inc();
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    close(request);
    duration.observe(
      {
        method: METHODS.has(request.method) ? request.method : 'other',
        route: request.is404 ? '(no route)' : (request.routeOptions.url ?? '(no route)'),
        status_class: `${Math.floor(reply.statusCode / 100)}xx`,
      },
      reply.elapsedTime / 1_000,
    );
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    close(request);
    done();
  });
}
