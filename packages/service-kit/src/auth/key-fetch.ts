import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { FetchImplementation } from 'jose';

/** What the server of the keys wants: files, read at each use, because Kubernetes replaces them. */
export interface KeyRequest {
  /** PEM file with the authorities to trust instead of the usual ones. */
  caFile?: string | undefined;
  /** File with the bearer token to show. */
  tokenFile?: string | undefined;
}

/** Gets a JWKS the way that the API server of Kubernetes wants: with its own authority, and a token. */
export function keyFetch({ caFile, tokenFile }: KeyRequest): FetchImplementation {
  return async (url, { headers, signal }) => {
    if (tokenFile !== undefined) {
      headers.set('authorization', `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`);
    }
    if (caFile === undefined) return fetch(url, { headers, signal, redirect: 'manual' });
    // fetch can't be told whom to trust.
    const ca = await readFile(caFile, 'utf8');
    const outgoing = httpsRequest(url, { ca, signal, headers: Object.fromEntries(headers) }).end();
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return new Response(await text(incoming), { status: incoming.statusCode ?? 500 });
  };
}
