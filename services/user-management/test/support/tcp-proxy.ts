import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '@usermgmt/testing/free-port';

/** `pass`: as if it were not there; `refuse`: nobody listens; `hang`: connections live, but nothing gets through. */
export type ProxyMode = 'pass' | 'refuse' | 'hang';

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
  let mode: ProxyMode = 'refuse';
  let server: Server | undefined;

  const apply = ([near, far]: readonly [Socket, Socket]): void => {
    if (mode === 'hang') {
      near.unpipe(far);
      far.unpipe(near);
      near.pause();
      far.pause();
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
