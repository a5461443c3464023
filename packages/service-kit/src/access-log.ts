import type { Logger } from 'pino';
import type { Requests } from './requests.js';

/** How one line a request is written. */
export interface AccessLogOptions {
  /** First segment of every path, without slashes. */
  contextPath: string;
  /** Share of successful requests that get a line, 0 to 1; all others always get one. */
  sampleRate: number;
}

/**
 * One line a request: method, route template, status, milliseconds; nothing
 * that the client sent. Probes get none. A client that went away got no status.
 */
export function logRequests(
  requests: Requests,
  logger: Logger,
  { contextPath, sampleRate }: AccessLogOptions,
): void {
  const health = `/${contextPath}/health`;
  requests.onEnd((request, reply, gaveUp) => {
    const { statusCode: status } = reply;
    const isSuccess = status < 400 && !gaveUp;
    if (request.url.startsWith(health) || (isSuccess && sampleRate < 1 && Math.random() >= sampleRate))
      return;
    const { method } = request;
    const route = request.is404 ? '(no route)' : (request.routeOptions.url ?? '(no route)');
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    if (gaveUp) {
      logger.info({ method, route, ms }, 'request abandoned by the client');
      return;
    }
    const line = { method, route, status, ms };
    if (status >= 500 && status !== 503) logger.error(line, 'request');
    else if (status === 503 || status === 429) logger.warn(line, 'request');
    else logger.info(line, 'request');
  });
}
