import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_JSON } from './problem.js';

interface Operation {
  responses: Record<string, object | undefined>;
  /** The mark of IgnoresAccept (accept.guard.ts). */
  'x-ignores-accept'?: true;
}

/** What any request may be answered with, whatever the route: too much, too long, or not in the wanted form. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  400: 'MALFORMED_URL',
  408: 'REQUEST_TIMEOUT',
  414: 'URI_TOO_LONG',
  429: 'TOO_MANY_REQUESTS',
  431: 'HEADERS_TOO_LARGE',
};
const READS: Readonly<Record<string, string>> = { 406: 'NOT_ACCEPTABLE' };

const PROBLEM = { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } };
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } };

/** Writes into a document what every operation may answer, besides what its own code says. */
export function documentCommonProblems(document: OpenAPIObject): void {
  for (const operations of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      const { responses } = operation;
      const isNegotiated = method === 'get' && operation['x-ignores-accept'] !== true;
      delete operation['x-ignores-accept'];
      const common = isNegotiated ? { ...EVERYWHERE, ...READS } : EVERYWHERE;
      for (const [status, description] of Object.entries(common)) {
        const headers = status === '429' ? { headers: RETRY_AFTER } : {};
        responses[status] ??= { description, content: PROBLEM, ...headers };
      }
    }
  }
}
