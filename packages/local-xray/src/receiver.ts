import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { readDatagram } from './datagram.ts';
import { DatagramQueue } from './datagram-queue.ts';
import { kernelDrops } from './kernel-drops.ts';
import type { SegmentDocument } from './segment-schema.ts';
import { type InvalidDocument, type Limits, TraceStore } from './trace-store.ts';
import { type TraceDetail, traceDetail } from './trace-detail.ts';

/** A burst waits in the kernel until it is taken over; Linux gives as much of this as net.core.rmem_max allows. */
const BUFFER_BYTES = 8 * 1024 * 1024;

/** What stands in for X-Ray's daemon. */
export interface Receiver {
  host: string;
  port: number;
  store: TraceStore;
  /** All valid documents that are kept, the newest trace first, in the order they came. */
  documents(): SegmentDocument[];
  /** The newest documents that X-Ray would refuse, with the reasons. */
  invalid(): InvalidDocument[];
  /** All kept traces as trees, the newest first. */
  traces(): TraceDetail[];
  /** How many datagrams came and were thrown away unread because too many came at once. */
  lost: () => number;
  /** Forgets all that came. */
  clear(): void;
  stop(): Promise<void>;
}

/**
 * Listens as X-Ray's daemon does and keeps what comes.
 *
 * @param options `port` 0 (the default) takes a free one; `limits` are those of TraceStore
 * @throws the socket's error, with `code` EADDRINUSE where the port is taken
 */
export async function startReceiver(
  options: { host?: string; port?: number; limits?: Partial<Limits> } = {},
): Promise<Receiver> {
  const { host = '127.0.0.1', port = 0, limits = {} } = options;
  const store = new TraceStore(limits);
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: BUFFER_BYTES });
  const queue = new DatagramQueue((data) => {
    store.add(readDatagram(data));
  });
  socket.on('message', (data) => {
    queue.push(data);
  });
  socket.bind(port, host);
  try {
    await once(socket, 'listening');
  } catch (error) {
    // A socket that is bound to nothing keeps the process alive all the same.
    socket.close();
    throw error;
  }
  // Without a listener an error of a single datagram would end the process.
  socket.on('error', () => undefined);
  const { port: taken } = socket.address();
  const current = (): TraceStore => {
    queue.drain();
    return store;
  };
  return {
    host,
    port: taken,
    store,
    documents: () =>
      current()
        .traces()
        .flatMap((trace) => trace.documents()),
    invalid: () => current().invalid(),
    traces: () =>
      current()
        .traces()
        .map((trace) => traceDetail(trace, store)),
    lost: () => queue.dropped + kernelDrops(taken),
    clear: () => {
      current().clear();
    },
    stop: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}
