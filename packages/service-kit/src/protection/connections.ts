import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { UnavailableError } from '../app-error.js';
import { answerBare } from '../bare-answers.js';
import { networkOfAddress } from './client-network.js';
import { TooManyRequestsError } from './rate-limits.js';
import type { IsTrusted } from './trusted-proxies.js';

/** How many connections are kept. */
export interface ConnectionBounds {
  readonly perAddress: number;
  readonly inAll: number;
}

/** What can be held at once by the smallest pod; one address may have half of it. */
export const CONNECTION_BOUNDS: ConnectionBounds = { perAddress: 512, inAll: 1_024 };

interface Connection {
  readonly socket: Socket;
  readonly group: Set<Connection>;
  /** The newest request that is not answered yet. */
  request?: IncomingMessage | undefined;
  response?: ServerResponse | undefined;
}

/**
 * Bounds the connections of each address and in all. A new connection is
 * always taken, and another one gives way: a probe of the kubelet comes from
 * the node's address, as its NodePort's clients may, and must be answered.
 *
 * The one that gives way belongs to the address that has most. It is the one
 * whose request has been awaited longest. A request that has begun is answered
 * with 429 or 503.
 */
export class Connections {
  /** By network. In each, those that began to wait for a request first come first. */
  private readonly groups = new Map<string, Set<Connection>>();
  private count = 0;

  /** @param isProxy whether an address is that of a trusted proxy, which has the connections of many clients */
  constructor(
    private readonly isProxy: IsTrusted,
    private readonly bounds: ConnectionBounds = CONNECTION_BOUNDS,
  ) {}

  /** Must be called before the server listens. */
  watch(server: Server): void {
    const open = new WeakMap<Socket, Connection>();
    server.on('connection', (socket) => {
      open.set(socket, this.add(socket));
    });
    server.on('request', (request, response) => {
      const connection = open.get(request.socket);
      if (!connection) return;
      Object.assign(connection, { request, response });
      response.once('close', () => {
        if (connection.response !== response) return;
        Object.assign(connection, { request: undefined, response: undefined });
        // Waits from now on.
        if (connection.group.delete(connection)) connection.group.add(connection);
      });
    });
  }

  private add(socket: Socket): Connection {
    const address = socket.remoteAddress ?? '';
    const network = networkOfAddress(address);
    const group = this.groups.get(network) ?? new Set();
    if (group.size >= this.bounds.perAddress && !this.isProxy(address)) {
      this.cut(group, new TooManyRequestsError(1));
    } else if (this.count >= this.bounds.inAll) {
      const error = new UnavailableError('TOO_BUSY', 'Too many connections are open; wait and try again');
      this.cut(this.largest(), error);
    }
    const connection: Connection = { socket, group };
    group.add(connection);
    this.groups.set(network, group);
    this.count += 1;
    socket.once('close', () => {
      this.remove(connection);
      if (group.size === 0 && this.groups.get(network) === group) this.groups.delete(network);
    });
    return connection;
  }

  private remove(connection: Connection): void {
    if (connection.group.delete(connection)) this.count -= 1;
  }

  private largest(): Set<Connection> {
    let largest = new Set<Connection>();
    for (const group of this.groups.values()) if (group.size > largest.size) largest = group;
    return largest;
  }

  private cut(group: Set<Connection>, error: TooManyRequestsError | UnavailableError): void {
    const all = [...group];
    const connection = all.find(({ request }) => request?.complete !== true) ?? all[0];
    if (!connection) return;
    this.remove(connection);
    const { socket, response } = connection;
    const canAnswer = response !== undefined && !response.headersSent && socket.writableLength === 0;
    if (canAnswer) answerBare(socket, error);
    else socket.destroy();
  }
}
