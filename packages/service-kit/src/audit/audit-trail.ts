import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { currentPrincipal } from '../auth/principal.js';
import { requestContext } from '../request-context.js';
import type { AuditLine, AuditLog } from './audit-log.js';
import type { AuditRules } from './audit-rules.js';
import type { Pseudonyms } from './pseudonyms.js';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** No name is longer; what is longer is nobody's. */
const LONGEST_NAME = 255;
const REFUSED = new Set([401, 403, 429]);

/**
 * Writes one line for every write that was tried, and for whatever was refused
 * to somebody. The line is written when the outcome is known, also if the
 * client has gone by then.
 */
export class AuditTrail {
  private readonly written = new WeakSet<FastifyReply>();

  constructor(
    private readonly log: AuditLog,
    private readonly pseudonyms: Pseudonyms,
    private readonly rules: AuditRules,
  ) {}

  attach(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      // An answer that cannot be sent is followed by another one.
      if (this.isDue(request, reply.statusCode) && !this.written.has(reply)) {
        this.written.add(reply);
        this.log.write(this.lineOf(request, reply.statusCode));
      }
      done();
    });
  }

  private isDue(request: FastifyRequest, status: number): boolean {
    if (REFUSED.has(status)) return true;
    if (request.is404) return false;
    return !READS.has(request.method) || this.rules.writingGets.includes(request.routeOptions.url ?? '');
  }

  private lineOf(request: FastifyRequest, status: number): AuditLine {
    const context = requestContext.getStore();
    const principal = currentPrincipal();
    const name = this.rules.onWhom(request);
    const { body } = request;
    const fields = isObject(body) ? this.rules.fields.filter((field) => field in body) : [];
    return {
      who:
        principal?.kind === 'everybody'
          ? 'everybody'
          : principal && this.named(principal.kind, principal.subject),
      from: request.ip,
      what: `${request.method} ${request.is404 ? '(no route)' : (request.routeOptions.url ?? '(no route)')}`,
      ...(fields.length > 0 && { fields }),
      onWhom: name === undefined ? undefined : this.named('user', name),
      outcome: status < 400 ? 'done' : status < 500 ? 'refused' : 'failed',
      status,
      code: context?.problem,
      traceId: request.id,
      requestId: context?.requestId ?? '',
    };
  }

  private named(kind: string, name: string): string {
    return `${kind}:${this.pseudonyms.of(this.rules.keyOf(name.slice(0, LONGEST_NAME)))}`;
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
