import type { Segment } from 'aws-xray-sdk-core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { currentPrincipal } from '../auth/principal.js';
import type { IsTrusted } from '../protection/trusted-proxies.js';
import { requestContext } from '../request-context.js';
import { type EndedRequest, type Requests, routeOf } from '../requests.js';
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

/** What the segments of a service say. */
export interface TracedService {
  name: string;
  /** First segment of every path, without slashes. */
  contextPath: string;
  annotations: Readonly<Record<string, string>>;
}

/**
 * Opens a segment for each sampled request, and tells the caller whether it was
 * sampled. Any caller may join its trace (`Root`, `Parent`) and refuse
 * (`Sampled=0`); only a trusted proxy or an own service may ask for a trace
 * (`Sampled=1`). For all others the sampling rules decide: a trace costs time
 * here and money at X-Ray.
 */
export class RequestTracing {
  constructor(
    private readonly tracer: XrayTracer,
    private readonly sdk: XraySdk,
    private readonly service: TracedService,
  ) {}

  /** @param isTrusted whether a peer is a proxy that may ask for a trace */
  attach(fastify: FastifyInstance, requests: Requests, isTrusted: IsTrusted): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      const header = parseTraceHeader(request.headers['x-amzn-trace-id']);
      const decision =
        header.sampled === false || (header.sampled === true && isTrusted(request.socket.remoteAddress))
          ? header.sampled
          : this.decide(request);
      if (header.wantsDecision)
        void reply.header('x-amzn-trace-id', formatTraceHeader(request.id, decision !== false));
      if (decision !== false)
        this.begin(request, header.parent, typeof decision === 'string' ? decision : undefined);
      done();
    });
    requests.onEnd((ended) => {
      this.end(ended);
    });
  }

  /** Lets callers with one of these roles ask for a trace; call it after access control was added. */
  followCallers(fastify: FastifyInstance, roles: readonly string[]): void {
    if (roles.length === 0) return;
    fastify.addHook('onRequest', (request, reply, done) => {
      if (!traced.has(request) && currentPrincipal()?.roles.some((role) => roles.includes(role))) {
        const header = parseTraceHeader(request.headers['x-amzn-trace-id']);
        if (header.sampled === true) {
          const segment = this.begin(request, header.parent, undefined);
          segment.start_time = (Date.now() - reply.elapsedTime) / 1_000;
        }
      }
      done();
    });
  }

  private begin(request: FastifyRequest, parent: string | undefined, rule: string | undefined): Segment {
    const segment = this.tracer.beginRequest({ root: request.id, parent, rule });
    for (const [name, value] of Object.entries(this.service.annotations)) segment.addAnnotation(name, value);
    segment.addAnnotation('route', routeOf(request));
    traced.set(request, { segment });
    const context = requestContext.getStore();
    if (context) context.entity = segment;
    return segment;
  }

  private end({ request, reply, route, gaveUp }: EndedRequest): void {
    const state = traced.get(request);
    if (!state) return;
    traced.delete(request);
    const { segment, error } = state;
    if (gaveUp) {
      segment.addErrorFlag();
      this.tracer.endRequest(segment, { request: requestBlock(request, route) }, 0, undefined);
    } else this.tracer.endRequest(segment, httpBlock(request, reply, route), reply.statusCode, error);
  }

  private decide(request: FastifyRequest): boolean | string {
    const { name, contextPath } = this.service;
    // Probes come every few seconds from every node and say nothing.
    if (request.url.startsWith(`/${contextPath}/health`)) return false;
    return this.sdk.shouldSample({
      host: request.headers.host,
      httpMethod: request.method,
      urlPath: request.url.split('?', 1)[0] ?? '/',
      serviceName: name,
    });
  }
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
