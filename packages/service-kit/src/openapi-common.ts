import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_JSON } from './problem.js';

interface Response {
  description?: string;
  content?: object;
  headers?: object;
}

interface Operation {
  responses: Record<string, Response | undefined>;
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
const WRITES: Readonly<Record<string, string>> = {
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_CONTENT_ENCODING',
};

const PROBLEM = { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } };
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } };

/** Writes into a document what every operation may answer, besides what its own code says. */
export function documentCommonProblems(document: OpenAPIObject): void {
  for (const operations of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      const { responses } = operation;
      const ignoresAccept = operation['x-ignores-accept'] === true;
      delete operation['x-ignores-accept'];
      const ofMethod = method === 'get' ? (ignoresAccept ? {} : READS) : WRITES;
      const common = { ...EVERYWHERE, ...ofMethod };
      for (const [status, description] of Object.entries(common)) {
        const headers = status === '429' ? { headers: RETRY_AFTER } : {};
        responses[status] ??= { description, content: PROBLEM, ...headers };
      }
      responses['503'] = withTooBusy(responses['503']);
    }
  }
}

/** Any request may meet a service that holds as many connections or bodies as it can. */
function withTooBusy(response: Response = {}): Response {
  const codes = response.description?.split(', ') ?? [];
  const description = [...new Set([...codes, 'TOO_BUSY'])].join(', ');
  return { content: PROBLEM, ...response, description };
}
