import type { IncomingMessage } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger, PinoLogger } from 'nestjs-pino';
import { logRequests } from './access-log.js';
import { AUDIT_RULES } from './audit/audit-rules.js';
import { auditRequests } from './audit/audit.js';
import { AccessControl } from './auth/access-control.js';
import { ACCESS_RULES, type AccessRules } from './auth/access-table.js';
import { answerClientError, answerRouterError } from './bare-answers.js';
import { DEFAULT_BODY_BYTES, limitBodies } from './body-limits.js';
import { addFormBodyParser, addJsonBodyParser } from './json-body.js';
import type { KitConfig } from './kit.module.js';
import { Lifecycle } from './lifecycle.js';
import { ACCESS_LOG_SAMPLE_RATE, stdout } from './logging.js';
import { serveApiDocs } from './openapi.js';
import { Metrics } from './metrics/metrics.js';
import { METRICS_ADDRESS, type MetricsAddress } from './metrics/metrics.server.js';
import { measureRequests } from './metrics/request-metrics.js';
import { canonicalizeAddresses } from './protection/client-address.js';
import { CONNECTION_LIMITS } from './protection/connection-limits.js';
import { protect } from './protection/protection.js';
import { RateLimits } from './protection/rate-limits.js';
import { trustedProxies } from './protection/trusted-proxies.js';
import { Requests } from './requests.js';
import { ROUTER_OPTIONS, RouteTable } from './route-table.js';
import type { ServiceDescription } from './service-description.js';
import { TRACING } from './tracing/tracing.module.js';
import type { Tracing } from './tracing/tracing.js';
import { traceIdOf } from './tracing/trace-header.js';

/**
 * Makes the application that `main` listens with; tests make the same one.
 * It is initialised but does not listen.
 */
export async function createApplication(
  service: ServiceDescription,
  module: DynamicModule,
  config: KitConfig,
): Promise<NestFastifyApplication> {
  const isTrusted = trustedProxies(config.TRUSTED_PROXIES ?? []);
  const adapter = new FastifyAdapter({
    routerOptions: ROUTER_OPTIONS,
    bodyLimit: DEFAULT_BODY_BYTES,
    genReqId: (request: IncomingMessage) => traceIdOf(request.headers['x-amzn-trace-id']),
    ...CONNECTION_LIMITS,
    // Without proxies Fastify does not look at X-Forwarded-For at all.
    trustProxy: config.TRUSTED_PROXIES !== undefined && isTrusted,
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
  canonicalizeAddresses(fastify);
  const requests = new Requests(fastify);
  limitBodies(fastify);
  addJsonBodyParser(fastify);
  addFormBodyParser(fastify);
  const lifecycle = app.get(Lifecycle);
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (lifecycle.isDraining) void reply.header('connection', 'close');
    done();
  });
  const tracing = app.get<Tracing>(TRACING);
  tracing.attach(fastify, requests, isTrusted);
  logRequests(requests, PinoLogger.root, {
    contextPath: service.contextPath,
    sampleRate: app.get<number>(ACCESS_LOG_SAMPLE_RATE),
    output: stdout,
  });
  if (app.get<MetricsAddress>(METRICS_ADDRESS).port !== 0) {
    measureRequests(fastify, requests, app.get(Metrics));
  }
  auditRequests(fastify, service, config, app.get(AUDIT_RULES));
  // After what observes requests, so that those which are refused are seen too.
  await protect(fastify, app.get(RateLimits), config, service.contextPath);
  app.get(RouteTable).watch(fastify);
  const access = app.get(AccessControl);
  access.attach(fastify, service.contextPath);
  // After access control, which finds out who calls.
  tracing.followCallers(fastify, app.get<AccessRules>(ACCESS_RULES).tracingRoles ?? []);
  serveApiDocs(app, service);
  await app.init();
  await fastify.ready();
  try {
    access.assertComplete();
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}
