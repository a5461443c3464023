import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nextRequestId, type RequestContext, requestContext } from './request-context.js';

/** A request that is over. */
export interface EndedRequest {
  request: FastifyRequest;
  reply: FastifyReply;
  /** The route's template, since a path may hold a user's name; `(no route)` for a path that none takes. */
  route: string;
  /** Whether the client went away before the answer was out. */
  gaveUp: boolean;
}

/** The template of a request's route. Fastify makes an object with all options at each look: ask once. */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? '(no route)';

/**
 * Opens the context of every request, and tells those who measure, log and
 * trace when it is over. Fastify's own hooks miss clients that go away after
 * their request has arrived; the response's `close` comes in every case.
 */
export class Requests {
  private readonly listeners: ((ended: EndedRequest) => void)[] = [];

  /** Must be called before any other hook is added. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRequest', (request, reply, done) => {
      const context: RequestContext = { root: request.id, requestId: nextRequestId(), entity: undefined };
      reply.raw.once('close', () => {
        requestContext.run(context, this.end, request, reply);
      });
      requestContext.run(context, done);
    });
  }

  /** Calls it once each request is over, in the request's context. */
  onEnd(listener: (ended: EndedRequest) => void): void {
    this.listeners.push(listener);
  }

  private readonly end = (request: FastifyRequest, reply: FastifyReply): void => {
    const ended = { request, reply, route: routeOf(request), gaveUp: !reply.raw.writableFinished };
    for (const listener of this.listeners) listener(ended);
  };
}
