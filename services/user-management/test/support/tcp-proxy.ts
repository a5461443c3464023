import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '@usermgmt/testing/free-port';

/**
 * `pass`: as if it were not there; `refuse`: nobody listens; `hang`: nothing gets through until it passes again;
 * `lose`: the same, but what was connected by then stays without an answer for ever.
 */
export type ProxyMode = 'pass' | 'refuse' | 'hang' | 'lose';

/** A TCP proxy, by which a test makes the network between two parts bad. */
export interface TcpProxy {
  port: number;
  set(mode: ProxyMode): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a {@link TcpProxy} in front of a port of 127.0.0.1. */
export async function startTcpProxy(target: number, initial: ProxyMode): Promise<TcpProxy> {
  const port = await freePort();
  const pairs = new Set<readonly [Socket, Socket]>();
  const lost = new WeakSet<readonly [Socket, Socket]>();
  let mode: ProxyMode = 'refuse';
  let server: Server | undefined;

  const apply = (pair: readonly [Socket, Socket]): void => {
    const [near, far] = pair;
    if (lost.has(pair)) return;
    if (mode === 'hang' || mode === 'lose') {
      near.unpipe(far);
      far.unpipe(near);
      near.pause();
      far.pause();
      if (mode === 'lose') lost.add(pair);
    } else {
      near.pipe(far);
      far.pipe(near);
    }
  };
  const accept = (near: Socket): void => {
    const pair = [near, connect(target, '127.0.0.1')] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    apply(pair);
  };
  const close = async (): Promise<void> => {
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    server = undefined;
    await closed;
  };
  const proxy: TcpProxy = {
    port,
    async set(next) {
      mode = next;
      if (mode === 'refuse') return close();
      for (const pair of pairs) apply(pair);
      if (server) return;
      server = createServer(accept).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: close,
  };
  await proxy.set(initial);
  return proxy;
}
