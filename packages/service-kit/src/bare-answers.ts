import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from './app-error.js';
import { PROBLEM_JSON, problem } from './problem.js';
import { BARE_HEADERS } from './protection/security-headers.js';
import { newTraceId } from './tracing/trace-header.js';

/** Answers what the router could not read as a path; no hook has seen it. */
export function answerRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const [status, code, detail] =
    error.statusCode === 414
      ? ([414, 'URI_TOO_LONG', 'The path is too long'] as const)
      : ([400, 'MALFORMED_URL', 'The path is not validly percent-encoded'] as const);
  void reply
    .status(status)
    .headers(BARE_HEADERS)
    .type(PROBLEM_JSON)
    .send(problem(status, code, detail, request.id));
}

/** Answers what Node could not parse as HTTP, or what came too slowly; no route, hook or log has seen it. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code]: [number, string] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'HEADERS_TOO_LARGE']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'REQUEST_TIMEOUT']
        : [400, 'MALFORMED_HTTP'];
  answerBare(socket, new AppError(status, code, STATUS_CODES[status] ?? 'Error'));
}

/** Writes an error answer past the HTTP server, and closes the connection. */
export function answerBare(socket: Socket, { status, code, detail, headers }: AppError): void {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify(problem(status, code, detail, newTraceId()));
  const all = {
    'Content-Type': PROBLEM_JSON,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
    ...BARE_HEADERS,
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  // The client may never close its side: whoever is slow on purpose does not.
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${head.join('')}\r\n${body}`, () => socket.destroy());
}
