import type { IncomingHttpHeaders } from 'node:http';

/**
 * The token of a request: `Authorization: Bearer …` (RFC 6750, 2.1), or the
 * whole of another header (`x-amzn-oidc-accesstoken` behind an ALB that logs
 * people in). It is looked for nowhere else.
 */
export function bearerToken(headers: IncomingHttpHeaders, header: string): string | undefined {
  const value = headers[header];
  if (typeof value !== 'string') return undefined;
  if (header !== 'authorization') return value.trim() || undefined;
  return /^bearer +(\S+) *$/i.exec(value)?.[1];
}
