import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nextRequestId, type RequestContext, requestContext } from './request-context.js';

/** Called once a request is over: answered, or given up by its client before the answer was out. */
export type RequestEndListener = (request: FastifyRequest, reply: FastifyReply, gaveUp: boolean) => void;

/**
 * Opens the context of every request, and tells those who measure, log and
 * trace when it is over. Fastify's own hooks miss clients that go away after
 * their request has arrived; the response's `close` comes in every case.
 */
export class Requests {
  private readonly listeners: RequestEndListener[] = [];

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

  onEnd(listener: RequestEndListener): void {
    this.listeners.push(listener);
  }

  private readonly end = (request: FastifyRequest, reply: FastifyReply): void => {
    const gaveUp = !reply.raw.writableFinished;
    for (const listener of this.listeners) listener(request, reply, gaveUp);
  };
}
