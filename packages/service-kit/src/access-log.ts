import type { DestinationStream, Logger } from 'pino';
import { timestamp } from './log-time.js';
import { requestContext } from './request-context.js';
import type { Requests } from './requests.js';

/** How one line a request is written. */
export interface AccessLogOptions {
  /** First segment of every path, without slashes. */
  contextPath: string;
  /** Share of successful requests that get a line, 0 to 1; all others always get one. */
  sampleRate: number;
  /** Gets the lines of requests that went well, past the logger: they are many, and always alike. */
  output: DestinationStream;
}

/**
 * One line a request: method, route template, status, milliseconds; nothing
 * that the client sent. Probes get none. A client that went away got no status.
 */
export function logRequests(
  requests: Requests,
  logger: Logger,
  { contextPath, sampleRate, output }: AccessLogOptions,
): void {
  const health = `/${contextPath}/health`;
  const writeInfo = logger.isLevelEnabled('info') ? infoWriter(logger, output) : () => undefined;
  requests.onEnd(({ request, reply, route, gaveUp }) => {
    const { statusCode: status } = reply;
    const isSuccess = status < 400 && !gaveUp;
    if (request.url.startsWith(health) || (isSuccess && sampleRate < 1 && Math.random() >= sampleRate))
      return;
    const { method } = request;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    if (gaveUp) logger.info({ method, route, ms }, 'request abandoned by the client');
    else if (status >= 500 && status !== 503) logger.error({ method, route, status, ms }, 'request');
    else if (status === 503 || status === 429) logger.warn({ method, route, status, ms }, 'request');
    else writeInfo(method, route, status, ms);
  });
}

/**
 * Writes the line that `logger.info({ method, route, status, ms }, 'request')`
 * would write, without the objects that it would make for it. Nothing in it
 * needs escaping: Node knows all methods, and the ids are our own or hexadecimal.
 */
function infoWriter(logger: Logger, output: DestinationStream) {
  const base = JSON.stringify(logger.bindings()).slice(1, -1);
  const routes = new Map<string, string>();
  return (method: string, route: string, status: number, ms: number): void => {
    const { root = '', requestId = '' } = requestContext.getStore() ?? {};
    let quoted = routes.get(route);
    if (quoted === undefined) routes.set(route, (quoted = JSON.stringify(route)));
    output.write(
      `{"level":"info"${timestamp()},${base},"traceId":"${root}","requestId":"${requestId}",` +
        `"method":"${method}","route":${quoted},"status":${status},"ms":${ms},"msg":"request"}\n`,
    );
  };
}
