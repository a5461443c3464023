import type { FastifyInstance } from 'fastify';
import { AppError } from '../app-error.js';
import { refusalInDevelopment } from './development-guard.js';

/** What to do about a refusal. */
const HINTS = {
  HOST_NOT_ALLOWED:
    'call the service by one of these, or set AUTH_MODE; AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING=true ends this check',
  CROSS_SITE_REQUEST: 'list its origin in CORS_ORIGINS to let it call',
} as const;

/** Pages that a link may lead to from anywhere, below the context path. */
const PAGES = ['', '/docs', '/openapi.json', '/openapi.yaml'];

/**
 * Refuses what web pages of other origins send to a service that is open because it is for development: without
 * access control, such a page could read and change everything. Must stand before the hook that answers preflights.
 *
 * @param contextPath first segment of every path, without slashes
 * @param origins whose pages may call all the same
 */
export function refuseOtherPages(
  fastify: FastifyInstance,
  contextPath: string,
  origins: readonly string[] = [],
): void {
  const pages = new Set(PAGES.map((path) => `/${contextPath}${path}`));
  fastify.addHook('onRequest', (request, _reply, done) => {
    const [path = ''] = request.url.split('?', 1);
    const isPage = pages.has(path.endsWith('/') ? path.slice(0, -1) : path);
    const refusal = refusalInDevelopment(request.raw, { isPage, origins });
    done(refusal && new AppError(refusal.status, refusal.code, `${refusal.detail}: ${HINTS[refusal.code]}`));
  });
}
