import { BlockList } from 'node:net';

/** Networks that no address of the internet belongs to: https://www.iana.org/assignments/iana-ipv4-special-registry/ */
const SPECIAL: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
];

/**
 * Whether EKS takes a network as one that may reach its API server: of the internet, and written by its first address.
 *
 * @param cidr IPv4, e.g. `198.51.100.7/32`
 */
export function isPublicNetwork(cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(bits));
  if (number % size !== 0) return false;
  return SPECIAL.every(([network, length]) => {
    const list = new BlockList();
    list.addSubnet(network, length);
    const own = new BlockList();
    own.addSubnet(address, Number(bits));
    return !list.check(address) && !own.check(network);
  });
}
