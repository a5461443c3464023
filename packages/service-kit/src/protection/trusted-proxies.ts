import { BlockList, isIP } from 'node:net';
import { canonicalAddress } from './client-address.js';

/** Names for networks in TRUSTED_PROXIES, as in Fastify's `trustProxy`. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
/** Bits before the IPv4 address in an IPv4-mapped IPv6 address. */
const MAPPED_PREFIX = 96;

/** An address and how many of its bits are a network's. */
interface Network {
  readonly address: string;
  readonly prefix: number;
}

/** Whether a peer is a trusted proxy. */
export type IsTrusted = (address: string | undefined) => boolean;

/**
 * The networks of one entry of TRUSTED_PROXIES: an address, a network
 * (`10.0.0.0/16`), both also IPv4-mapped (`::ffff:10.0.0.0/112`), or a name.
 * Rejects `/0`: with it, any client could forge X-Forwarded-For.
 *
 * @returns undefined for anything else
 */
export function networksOf(entry: string): Network[] | undefined {
  const named = Object.hasOwn(NAMED_NETWORKS, entry) ? NAMED_NETWORKS[entry] : undefined;
  const networks = (named ?? [entry]).map(networkOf);
  return networks.every((network) => network !== undefined) ? networks : undefined;
}

/** @param entries as {@link networksOf} takes them; others are left out */
export function trustedProxies(entries: readonly string[]): IsTrusted {
  const list = new BlockList();
  for (const { address, prefix } of entries.flatMap((entry) => networksOf(entry) ?? []))
    list.addSubnet(address, prefix, familyOf(address));
  return (address) => address !== undefined && isIP(address) !== 0 && list.check(address, familyOf(address));
}

function networkOf(text: string): Network | undefined {
  const [given = '', prefix, ...rest] = text.split('/');
  const version = isIP(given);
  const address = canonicalAddress(given);
  if (version === 0 || address === undefined || rest.length > 0) return undefined;
  const most = version === 4 ? 32 : 128;
  if (prefix !== undefined && !(/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= most)) return undefined;
  const bits = prefix === undefined ? most : Number(prefix);
  const isMapped = version === 6 && isIP(address) === 4;
  if (!isMapped) return { address, prefix: bits };
  return bits > MAPPED_PREFIX ? { address, prefix: bits - MAPPED_PREFIX } : undefined;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
