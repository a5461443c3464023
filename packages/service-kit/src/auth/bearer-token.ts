import type { FastifyRequest } from 'fastify';

/** The token of `Authorization: Bearer …` (RFC 6750, 2.1), which is the one place where it is looked for. */
export function bearerToken({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
