import { isIP, type Socket, SocketAddress } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** An IPv6 address with a zone, brackets and a port is shorter. */
const LONGEST_HOP = 100;
/** Proxies in a row. No deployment has as many; each hop is compared with TRUSTED_PROXIES. */
const MOST_HOPS = 32;
const MAPPED = '::ffff:';

/**
 * The address in an entry of X-Forwarded-For, in one spelling: without a port
 * (`203.0.113.9:40001`, `[2001:db8::1]:443`, as an ALB with `xff_client_port`
 * and Azure's gateways send), brackets or a zone, IPv4-mapped IPv6 as IPv4,
 * IPv6 as RFC 5952 writes it.
 *
 * @returns undefined for anything else, such as `unknown` or `_hidden` (RFC 7239)
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > LONGEST_HOP) return undefined;
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  const [address = ''] = (bracketed ?? text.replace(/^([\d.]+):\d{1,5}$/, '$1')).split('%', 1);
  const version = isIP(address);
  if (version === 4 && bracketed === undefined) return address;
  if (version !== 6) return undefined;
  const { address: canonical } = new SocketAddress({ address, family: 'ipv6' });
  return canonical.startsWith(MAPPED) ? canonical.slice(MAPPED.length) : canonical;
}

/**
 * The part of X-Forwarded-For that can be read, each hop as
 * {@link canonicalAddress} writes it. Each proxy adds an entry at the end, so
 * the part ends, seen from there, before the first entry that is no address:
 * a client for which a proxy has no address counts as that proxy.
 */
export function readableHops(header: string): string {
  const hops: string[] = [];
  for (const entry of header.split(',').reverse()) {
    const text = entry.trim();
    if (text === '') continue;
    const address = canonicalAddress(text);
    if (address === undefined || hops.length === MOST_HOPS) break;
    hops.push(address);
  }
  return hops.reverse().join(', ');
}

/**
 * Makes Fastify's `request.ip`, which limits, audit lines and traces read, one
 * spelling per client: in X-Forwarded-For, and of the peer itself, which is
 * IPv4-mapped where the service listens on IPv6 (`HOST=::`).
 *
 * Call before any other hook is added.
 */
export function canonicalizeAddresses(fastify: FastifyInstance): void {
  fastify.server.prependListener('connection', (socket: Socket) => {
    const address = canonicalAddress(socket.remoteAddress ?? '');
    if (address !== undefined && address !== socket.remoteAddress)
      Object.defineProperty(socket, 'remoteAddress', { value: address });
  });
  fastify.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const forwarded = headers['x-forwarded-for'];
    // Node joins several of them with commas; the type allows a list.
    if (forwarded !== undefined) headers['x-forwarded-for'] = readableHops(String(forwarded));
    done();
  });
}
