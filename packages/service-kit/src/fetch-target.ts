import { z } from 'zod';
import { hostname, integer } from './config.js';

/** Ports that `fetch` refuses to connect to: https://fetch.spec.whatwg.org/#port-blocking */
const REFUSED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
const REFUSED = 'must not be a port that fetch refuses (the fetch standard, "port blocking")';

/** A port that this process calls with `fetch`. */
export const fetchPort = (): z.ZodType<number> =>
  integer(1, 65_535).pipe(z.number().refine((port) => !REFUSED_PORTS.has(port), REFUSED));

/** A host that this process calls with `fetch`: one that can be a part of a URL. */
export const fetchHost = (): z.ZodType<string> =>
  hostname().pipe(
    z
      .string()
      .refine((host) => URL.canParse(`http://${inUrl(host)}`), 'must be a host name or an address of a URL'),
  );

/** A URL that this process calls with `fetch`, which refuses a user name in it too. */
export const fetchUrl = (protocol: RegExp, error: string): z.ZodType<string> =>
  z
    .url({ protocol, error })
    .refine((url) => !REFUSED_PORTS.has(portOf(url)), REFUSED)
    .refine((url) => !hasCredentials(url), 'must not hold a user name or a password');

/** A host as it stands in a URL: an IPv6 address in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The port of a URL; -1 for that of its protocol, or without a URL. */
function portOf(url: string): number {
  const { port } = URL.parse(url) ?? {};
  return port ? Number(port) : -1;
}

function hasCredentials(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.username !== '' || parsed.password !== '');
}
