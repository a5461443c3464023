import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Logger, PinoLogger } from 'nestjs-pino';
import { logRequests } from './access-log.js';
import { AccessControl } from './auth/access-control.js';
import { addJsonBodyParser } from './json-body.js';
import { Lifecycle } from './lifecycle.js';
import { ACCESS_LOG_SAMPLE_RATE } from './logging.js';
import { serveApiDocs } from './openapi.js';
import { Metrics } from './metrics/metrics.js';
import { METRICS_ADDRESS, type MetricsAddress } from './metrics/metrics.server.js';
import { measureRequests } from './metrics/request-metrics.js';
import { PROBLEM_JSON, problem } from './problem.js';
import { Requests } from './requests.js';
import { ROUTER_OPTIONS, RouteTable } from './route-table.js';
import type { ServiceDescription } from './service-description.js';
import { TRACING } from './tracing/tracing.module.js';
import type { Tracing } from './tracing/tracing.js';
import { newTraceId, traceIdOf } from './tracing/trace-header.js';

/**
 * Makes the application that `main` listens with; tests make the same one.
 * It is initialised but does not listen.
 */
export async function createApplication(
  service: ServiceDescription,
  module: DynamicModule,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    routerOptions: ROUTER_OPTIONS,
    genReqId: (request: IncomingMessage) => traceIdOf(request.headers['x-amzn-trace-id']),
    // Above the idle timeout of an ALB (60 s), so that it never reuses a connection that was just closed.
    keepAliveTimeout: 65_000,
    requestTimeout: 30_000,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerRouterError,
    return503OnClosing: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.setGlobalPrefix(service.contextPath);
  const fastify = adapter.getInstance();
  const requests = new Requests(fastify);
  addJsonBodyParser(fastify);
  app.get(RouteTable).watch(fastify);
  const lifecycle = app.get(Lifecycle);
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (lifecycle.isDraining) void reply.header('connection', 'close');
    done();
  });
  app.get<Tracing>(TRACING).attach(fastify, requests);
  logRequests(requests, PinoLogger.root, {
    contextPath: service.contextPath,
    sampleRate: app.get<number>(ACCESS_LOG_SAMPLE_RATE),
  });
  if (app.get<MetricsAddress>(METRICS_ADDRESS).port !== 0) {
    measureRequests(fastify, requests, app.get(Metrics));
  }
  // After what observes requests, so that those which are refused are seen too.
  const access = app.get(AccessControl);
  access.attach(fastify, service.contextPath);
  serveApiDocs(app, service);
  await app.init();
  await fastify.ready();
  access.assertComplete();
  return app;
}

/** Answers what the router could not read as a path; no hook has seen it. */
function answerRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const [status, code, detail] =
    error.statusCode === 414
      ? ([414, 'URI_TOO_LONG', 'The path is too long'] as const)
      : ([400, 'MALFORMED_URL', 'The path is not validly percent-encoded'] as const);
  void reply
    .status(status)
    .type(PROBLEM_JSON)
    .send(problem(status, code, detail, request.id));
}

/** Answers what Node could not parse as HTTP; no route, hook or log has seen it. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'HEADERS_TOO_LARGE']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'REQUEST_TIMEOUT']
        : [400, 'MALFORMED_HTTP'];
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify(problem(status, code, title, newTraceId()));
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_JSON}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
