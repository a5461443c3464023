import type { FastifyRequest } from 'fastify';

/** What a service says of its audit lines. */
export interface AuditRules {
  /** The name of the one that a request is about, as the request spells it; undefined: of nobody in particular. */
  readonly onWhom: (request: FastifyRequest) => string | undefined;
  /** The same text for every spelling of a name. */
  readonly keyOf: (name: string) => string;
  /** Fields of bodies that a line names, never with their values. */
  readonly fields: readonly string[];
  /** Routes that write although their method is GET, with the context path. */
  readonly writingGets: readonly string[];
}

/** Injection token of the service's {@link AuditRules}. */
export const AUDIT_RULES = Symbol('AuditRules');
