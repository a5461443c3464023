import { lookup } from 'node:dns/promises';

const RESOLVE_EVERY_MS = 60_000;
const RETRY_MS = 10_000;

/** Reads the daemon's UDP address out of AWS_XRAY_DAEMON_ADDRESS, in either of its two forms. */
export function udpAddress(setting: string): { host: string; port: number } {
  const udp = /(?:^|\s)udp:([^:\s]+):(\d+)/.exec(setting) ?? /^([^:]+):(\d+)$/.exec(setting);
  return { host: udp?.[1] ?? '127.0.0.1', port: Number(udp?.[2] ?? 2000) };
}

/**
 * Keeps the daemon's IP address known, so that no segment waits for a name:
 * the SDK itself would look the name up for each of them, and log each failure.
 *
 * @param warn called once for each time that the name stops being found
 * @returns a function that ends it
 */
export function followDaemon(
  setting: string,
  setDaemon: (address: string, port: number) => void,
  warn: (message: string) => void,
): () => void {
  const { host, port } = udpAddress(setting);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let found = true;
  const resolve = async (): Promise<void> => {
    let next = RESOLVE_EVERY_MS;
    try {
      const { address } = await lookup(host, { family: 4 });
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
