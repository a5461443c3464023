import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** How one line a request is written. */
export interface AccessLogOptions {
  /** First segment of every path, without slashes. */
  contextPath: string;
  /** Share of successful requests that get a line, 0 to 1; all others always get one. */
  sampleRate: number;
}

/**
 * One line a request: method, route template, status, milliseconds; nothing
 * that the client sent. Probes get none.
 */
export function logRequests(
  fastify: FastifyInstance,
  logger: Logger,
  { contextPath, sampleRate }: AccessLogOptions,
): void {
  const health = `/${contextPath}/health`;
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply;
    const isSuccess = status < 400;
    if (request.url.startsWith(health) || (isSuccess && sampleRate < 1 && Math.random() >= sampleRate)) {
      done();
      return;
    }
    const route = request.is404 ? '(no route)' : (request.routeOptions.url ?? '(no route)');
    const line = { method: request.method, route, status, ms: Math.round(reply.elapsedTime * 10) / 10 };
    if (status >= 500 && status !== 503) logger.error(line, 'request');
    else if (status === 503 || status === 429) logger.warn(line, 'request');
    else logger.info(line, 'request');
    done();
  });
}
