import type { FastifyInstance } from 'fastify';
import { AppError } from '../app-error.js';
import { boundBodies } from './bodies.js';
import { URL_LIMIT } from './connection-limits.js';
import { Connections } from './connections.js';
import { allowOrigins } from './cross-origin.js';
import { refuseOtherPages } from './other-pages.js';
import { isForDevelopment, type Openness, type ProtectionConfig, wideLimit } from './protection.variables.js';
import type { RateLimits } from './rate-limits.js';
import { addSecurityHeaders } from './security-headers.js';
import { trustedProxies } from './trusted-proxies.js';

const MINUTE_MS = 60_000;
/** Not `health/dependencies`, which asks other servers. */
const PROBES = ['health/live', 'health/ready', 'health/status', 'health-status'];

/** Puts what every request passes before anybody looks at who sends it. */
export async function protect(
  fastify: FastifyInstance,
  limits: RateLimits,
  config: ProtectionConfig & Openness,
  contextPath: string,
): Promise<void> {
  addSecurityHeaders(fastify, contextPath);
  if (isForDevelopment(config)) refuseOtherPages(fastify, contextPath, config.CORS_ORIGINS);
  if (config.CORS_ORIGINS) await allowOrigins(fastify, config.CORS_ORIGINS);
  await limits.attach(fastify);
  boundBodies(fastify, limits);
  new Connections(trustedProxies(config.TRUSTED_PROXIES ?? [])).watch(fastify.server);
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(
      request.url.length > URL_LIMIT ? new AppError(414, 'URI_TOO_LONG', 'The path is too long') : undefined,
    );
  });
  const max = wideLimit(config);
  if (max === 0) return;
  const limit = limits.limit({ name: 'all', max, windowMs: MINUTE_MS });
  // Whoever decides whether this instance lives asks often, from few addresses, and costs nothing.
  const probes = new Set(PROBES.map((path) => `/${contextPath}/${path}`));
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (probes.has(request.routeOptions.url ?? '')) done();
    else
      limit(request).then(() => {
        done();
      }, done);
  });
}
