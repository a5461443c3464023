import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';

const RESOLVE_EVERY_MS = 60_000;
const RETRY_MS = 10_000;
const DEFAULT_PORT = 2_000;

/** A host, without the brackets of an IPv6 address, and a port. */
export interface DaemonAddress {
  host: string;
  port: number;
}

/**
 * Reads the addresses out of AWS_XRAY_DAEMON_ADDRESS, in either of its forms:
 * one for both protocols, or one for each. IPv6 addresses stand in brackets.
 *
 * @returns where segments go (UDP) and where sampling rules are asked for (TCP); undefined if it has another form
 */
export function daemonAddresses(setting: string): { udp: DaemonAddress; tcp: DaemonAddress } | undefined {
  const [first = '', second, ...others] = setting.split(' ');
  if (others.length > 0) return undefined;
  if (second === undefined) {
    const both = addressOf(first);
    return both && { udp: both, tcp: both };
  }
  const named = new Map([first, second].map((part) => [part.slice(0, 4), addressOf(part.slice(4))]));
  const [udp, tcp] = [named.get('udp:'), named.get('tcp:')];
  return udp && tcp && { udp, tcp };
}

function addressOf(text: string): DaemonAddress | undefined {
  const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits ?? DEFAULT_PORT);
  if (digits === undefined || port < 1 || port > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  return { host: name ?? '', port };
}

/**
 * Keeps the daemon's IP address known, so that no segment waits for a name:
 * the SDK itself would look the name up for each of them, and log each failure.
 * Of a name with addresses of both families it takes the one of IPv4, on which
 * the daemon listens by default.
 *
 * @param warn called once for each time that the name stops being found
 * @returns a function that ends it
 */
export function followDaemon(
  { host, port }: DaemonAddress,
  setDaemon: (address: string, port: number) => void,
  warn: (message: string) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let found = true;
  const resolve = async (): Promise<void> => {
    let next = RESOLVE_EVERY_MS;
    try {
      const { address } = await lookup(host, { order: 'ipv4first' });
      if (stopped) return;
      setDaemon(address, port);
      found = true;
    } catch (error) {
      if (found)
        warn(
          `the X-Ray daemon's name is not found (${String((error as { code?: string }).code)}); traces are lost`,
        );
      found = false;
      next = RETRY_MS;
    }
    if (!stopped) timer = setTimeout(() => void resolve(), next).unref();
  };
  void resolve();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
