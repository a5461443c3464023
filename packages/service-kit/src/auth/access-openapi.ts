import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_JSON } from '../problem.js';
import type { Access, AccessRules } from './access-table.js';

/** The names of the security schemes. */
export const BEARER = 'bearer';
const CLIENT = 'client';

type Responses = Record<string, { description?: string } | undefined>;

/** Writes the access table into a document: what each operation wants, and how it refuses. */
export function documentAccess(document: OpenAPIObject, { table }: AccessRules, contextPath: string): void {
  if (Object.values(table).some(({ anybody }) => anybody === 'client')) {
    document.components = {
      ...document.components,
      securitySchemes: {
        ...document.components?.securitySchemes,
        [CLIENT]: { type: 'http', scheme: 'basic', description: "The client's id and secret" },
      },
    };
  }
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      const template = path.slice(contextPath.length + 1).replace(/\{(\w+)\}/g, ':$1');
      const access = table[`${method.toUpperCase()} ${template}`];
      if (access) describe(operation, access);
    }
  }
}

interface Operation {
  description?: string;
  security?: object[];
  responses: Responses;
}

function describe(operation: Operation, access: Access): void {
  const { anybody, own } = access;
  // An HTTP scheme has no place for roles in OpenAPI 3.0.
  operation.description = [operation.description, `Access: ${inWords(access)}.`].filter(Boolean).join('\n\n');
  if (anybody === 'client') {
    operation.security = [{ [CLIENT]: [] }];
    return;
  }
  if (anybody === true) {
    operation.security = [];
    return;
  }
  operation.security = anybody === 'known' ? [{}, { [BEARER]: [] }] : [{ [BEARER]: [] }];
  const { responses } = operation;
  const codes = { 401: ['TOKEN_MISSING', 'TOKEN_INVALID'], 403: ['FORBIDDEN'], 503: ['AUTH_UNAVAILABLE'] };
  if (anybody === 'known') codes[401].shift();
  if (own && own.except.length > 0) codes[403].push('ADMIN_ONLY_FIELD');
  for (const [status, added] of Object.entries(codes)) {
    if (anybody === 'known' && status === '403') continue;
    const { description } = responses[status] ?? {};
    responses[status] = {
      description: [...(description ? [description] : []), ...added].join(', '),
      ...content,
    };
  }
}

const content = {
  content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

function inWords({ anybody, roles, own }: Access): string {
  if (anybody === true) return 'anybody';
  if (anybody === 'known') return 'anybody; a token makes a difference, and must count';
  if (anybody === 'client') return 'clients, by id and secret';
  const owner =
    own && ['users, for the own record', ...own.except.map((field) => `without ${field}`)].join(', ');
  return [roles.join(', '), owner].filter(Boolean).join('; ');
}
