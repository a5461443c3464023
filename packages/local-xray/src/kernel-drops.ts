import { readFileSync } from 'node:fs';

/**
 * How many datagrams the kernel threw away because a UDP socket of this port was not emptied in time: the last column
 * of https://docs.kernel.org/networking/proc_net_udp.html.
 *
 * @returns 0 where the system does not tell, as on macOS
 */
export function kernelDrops(port: number): number {
  return dropsIn('/proc/net/udp', port) + dropsIn('/proc/net/udp6', port);
}

function dropsIn(file: string, port: number): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return 0;
  }
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, address = '']) => address.endsWith(ending))
    .reduce((sum, columns) => sum + Number(columns.at(-1)), 0);
}
