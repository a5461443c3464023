import type { OAuthClient } from './client-list.js';
import { OAuthError } from './oauth-error.js';
import type { OAuthClients } from './oauth-clients.js';

/** How a client named itself in the body. */
export interface ClientInBody {
  client_id?: string | undefined;
  client_secret?: string | undefined;
}

/**
 * Which client asks: by HTTP Basic or, in one place only, by the body
 * (RFC 6749, 2.3.1).
 *
 * @param authorization the header
 * @throws OAuthError
 */
export function clientOf(
  clients: OAuthClients,
  authorization: string | undefined,
  body: ClientInBody,
): OAuthClient {
  const inHeader = basic(authorization);
  if (inHeader && body.client_secret !== undefined) {
    throw new OAuthError('invalid_request', 'The client must name itself in one way');
  }
  const id = inHeader?.id ?? body.client_id;
  // An empty secret is what a public client has in a header that must have one.
  const secret = inHeader ? inHeader.secret : body.client_secret;
  const client = id === undefined ? undefined : clients.authenticate(id, secret === '' ? undefined : secret);
  if (!client) throw new OAuthError('invalid_client', 'Client authentication failed');
  return client;
}

function basic(authorization = ''): { id: string; secret: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0
    ? undefined
    : { id: decoded(text.slice(0, colon)), secret: decoded(text.slice(colon + 1)) };
}

/** Both halves are form-encoded before they are joined; many clients leave that out. */
function decoded(half: string): string {
  try {
    return decodeURIComponent(half.replaceAll('+', ' '));
  } catch {
    return half;
  }
}
