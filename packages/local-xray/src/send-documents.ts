import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The line before each document. */
export const HEADER = '{"format":"json","version":1}\n';

/** After so many a receiver in the same process gets its turn. */
const BURST = 20;

/**
 * Sends documents as X-Ray's SDKs do, one datagram each. UDP may still lose them.
 *
 * @param documents a text is sent as it is, without a header
 */
export async function sendDocuments(
  port: number,
  documents: readonly (object | string)[],
  host = '127.0.0.1',
): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    for (const [index, document] of documents.entries()) {
      if (index % BURST === 0) await nextTurn();
      const data = typeof document === 'string' ? document : HEADER + JSON.stringify(document);
      await new Promise<void>((resolve, reject) => {
        socket.send(data, port, host, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    }
  } finally {
    socket.close();
  }
}
