import type { FastifyInstance } from 'fastify';
import type { Requests } from '../requests.js';
import type { Metrics } from './metrics.js';

const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures every request, by its route's template: paths that no route takes share one label. */
export function measureRequests(fastify: FastifyInstance, requests: Requests, metrics: Metrics): void {
  const duration = metrics.histogram(
    {
      name: 'http_request_duration_seconds',
      help: 'Time from a request to the end of its answer',
      labels: ['method', 'route', 'status_class'],
    },
    BUCKETS_S,
  );
  const abandoned = metrics.counter({
    name: 'http_requests_abandoned_total',
    help: 'Requests whose client went away before it had the whole answer',
    labels: ['method', 'route'],
  });
  const inFlight = metrics.gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that are being answered',
  });
  fastify.addHook('onRequest', (_request, _reply, done) => {
    inFlight.inc();
    done();
  });
  requests.onEnd(({ request, reply, route, gaveUp }) => {
    inFlight.dec();
    const labels = { method: METHODS.has(request.method) ? request.method : 'other', route };
    if (gaveUp) abandoned.inc(labels);
    else {
      const status_class = `${Math.floor(reply.statusCode / 100)}xx`;
      duration.observe({ ...labels, status_class }, reply.elapsedTime / 1_000);
    }
  });
}
