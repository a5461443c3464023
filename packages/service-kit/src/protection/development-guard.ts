import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Why a program for development does not answer a request. */
export interface DevelopmentRefusal {
  status: 403;
  code: 'HOST_NOT_ALLOWED' | 'CROSS_SITE_REQUEST';
  detail: string;
}

/** Names that no stranger can point at this machine: without a dot, or below a suffix that public DNS does not have. */
const LOCAL_NAME = /^[a-z0-9_-]+$|^(?:[a-z0-9_-]+\.)+(?:localhost|internal|svc|cluster\.local)$/;

/**
 * Says whether a request to a program without access control, on a developer's machine, may come from a web page
 * that the developer happens to look at.
 *
 * - `Host` must be localhost, an address or a name without a dot: a page that points its own name at 127.0.0.1
 *   (DNS rebinding) sends that name.
 * - `Sec-Fetch-Site`, or `Origin` where a browser does not send it, must not name another origin. Another port of
 *   this machine is another origin too. Programs other than browsers send neither header.
 *
 * This file imports nothing of the kit: local-mailbox and local-xray run it as it is.
 *
 * @param allows `isPage`: the path shows a page and changes nothing, so that links to it work from anywhere;
 *   `origins`: whose pages may call
 * @returns nothing if the request may be answered
 */
export function refusalInDevelopment(
  { method, headers }: { method?: string | undefined; headers: IncomingHttpHeaders },
  { isPage, origins = [] }: { isPage: boolean; origins?: readonly string[] },
): DevelopmentRefusal | undefined {
  if (!isLocal(headers.host)) {
    return {
      status: 403,
      code: 'HOST_NOT_ALLOWED',
      detail: 'The Host header must be localhost, an address or a name without a dot',
    };
  }
  if (isOwn(headers) || origins.includes(headers.origin ?? '')) return undefined;
  if (isPage && isNavigation(method, headers)) return undefined;
  return {
    status: 403,
    code: 'CROSS_SITE_REQUEST',
    detail: 'A web page of another origin sent this request',
  };
}

/** No browser leaves Host out. */
function isLocal(host = ''): boolean {
  if (host === '') return true;
  const [, address, name = ''] = /^(?:\[(.+)\]|([^:[\]]+))(?::\d*)?$/.exec(host.toLowerCase()) ?? [];
  if (address !== undefined) return isIP(address) === 6;
  return isIP(name) === 4 || LOCAL_NAME.test(name.replace(/\.$/, ''));
}

/** `none` is a person's own act, such as typing the address. */
function isOwn({ host = '', origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}

/** A link that was followed: what is answered goes into a window of its own, which the other page cannot read. */
function isNavigation(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}
