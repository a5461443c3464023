import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

/** Answers of the API are data: nothing in them is to be run, shown in a frame, or fetched further. */
const API: HelmetOptions = {
  xFrameOptions: { action: 'deny' },
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'base-uri': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
};

/** Swagger UI's page: its own scripts and styles, the styles in its page, and pictures in its styles. */
const DOCS: HelmetOptions = {
  xFrameOptions: { action: 'deny' },
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'object-src': ["'none'"],
    },
  },
};

/** What an answer carries that no hook has seen. */
export const BARE_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/**
 * Gives every answer helmet's headers, and `Cache-Control: no-store` unless the
 * route says otherwise: most answers are about a person.
 *
 * The headers are made once, here: @fastify/helmet makes them anew for each
 * request, which takes 15 µs (docs/decisions/0010-headers-made-once.md).
 *
 * @param contextPath first segment of every path, without slashes
 */
export function addSecurityHeaders(fastify: FastifyInstance, contextPath: string): void {
  const api = { ...headersOf(API), ...BARE_HEADERS };
  const docs = { ...headersOf(DOCS), ...BARE_HEADERS };
  const docsPath = `/${contextPath}/docs`;
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(request.url.startsWith(docsPath) ? docs : api);
    done();
  });
}

/** What helmet sets on any answer. */
function headersOf(options: HelmetOptions): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, () => undefined);
  return response.getHeaders() as Record<string, string>;
}
