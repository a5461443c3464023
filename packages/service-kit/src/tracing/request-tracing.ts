import type { Segment } from 'aws-xray-sdk-core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestContext } from '../request-context.js';
import { type Requests, routeOf } from '../requests.js';
import { formatTraceHeader, parseTraceHeader } from './trace-header.js';
import type { XraySdk } from './xray-sdk.js';
import type { XrayTracer } from './xray.tracer.js';

/** What belongs to a request while it is traced. */
interface Traced {
  segment: Segment;
  error?: unknown;
}

const traced = new WeakMap<FastifyRequest, Traced>();

/** Remembers why a request failed, for its segment. */
export function noteError(request: FastifyRequest, error: unknown): void {
  const state = traced.get(request);
  if (state) state.error = error;
}

/** Opens a segment for each sampled request, and tells whoever asked whether it was sampled. */
export function traceRequests(
  fastify: FastifyInstance,
  requests: Requests,
  tracer: XrayTracer,
  sdk: XraySdk,
  service: { name: string; contextPath: string; annotations: Readonly<Record<string, string>> },
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const header = parseTraceHeader(request.headers['x-amzn-trace-id']);
    const decision = header.sampled ?? decide(request, sdk, service);
    if (header.wantsDecision)
      void reply.header('x-amzn-trace-id', formatTraceHeader(request.id, decision !== false));
    if (decision === false) {
      done();
      return;
    }
    const rule = typeof decision === 'string' ? decision : undefined;
    const segment = tracer.beginRequest({ root: request.id, parent: header.parent, rule });
    for (const [name, value] of Object.entries(service.annotations)) segment.addAnnotation(name, value);
    segment.addAnnotation('route', routeOf(request));
    traced.set(request, { segment });
    const context = requestContext.getStore();
    if (context) context.entity = segment;
    done();
  });
  requests.onEnd(({ request, reply, route, gaveUp }) => {
    const state = traced.get(request);
    if (!state) return;
    traced.delete(request);
    const { segment, error } = state;
    if (gaveUp) {
      segment.addErrorFlag();
      tracer.endRequest(segment, { request: requestBlock(request, route) }, 0, undefined);
    } else tracer.endRequest(segment, httpBlock(request, reply, route), reply.statusCode, error);
  });
}

function decide(
  request: FastifyRequest,
  sdk: XraySdk,
  { name, contextPath }: { name: string; contextPath: string },
): boolean | string {
  // Probes come every few seconds from every node and say nothing.
  if (request.url.startsWith(`/${contextPath}/health`)) return false;
  return sdk.shouldSample({
    host: request.headers.host,
    httpMethod: request.method,
    urlPath: request.url.split('?', 1)[0] ?? '/',
    serviceName: name,
  });
}

/** X-Ray takes at most 250 characters of these. */
const short = (text: string): string => text.slice(0, 250);

function requestBlock(request: FastifyRequest, route: string): object {
  const ip = (request.ip as string | undefined) ?? '';
  return {
    method: request.method,
    url: short(`${request.protocol}://${request.headers.host ?? ''}${route}`),
    user_agent: short(request.headers['user-agent'] ?? ''),
    // Of X-Forwarded-For only if a trusted proxy sent it.
    client_ip: short(ip),
    ...(ip !== request.socket.remoteAddress && { x_forwarded_for: true }),
  };
}

function httpBlock(request: FastifyRequest, reply: FastifyReply, route: string): object {
  const length = Number(reply.getHeader('content-length'));
  return {
    request: requestBlock(request, route),
    response: { status: reply.statusCode, ...(Number.isFinite(length) && { content_length: length }) },
  };
}
