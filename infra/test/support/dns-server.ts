import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';

const TYPES = { NS: 2, CAA: 257 } as const;
const NXDOMAIN = 3;
const SERVFAIL = 2;

/** What a name has: the names of its servers, and CAA records as `issue amazon.com`. */
export type DnsNames = Record<string, { NS?: string[]; CAA?: string[] } | 'SERVFAIL'>;

/** Public DNS, as far as the test has it: a name server on a port of its own. */
export class DnsServer {
  names: DnsNames = {};
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const server = new DnsServer(socket);
    socket.on('message', (query, from) => {
      socket.send(server.answer(query), from.port, from.address);
    });
    return server;
  }

  /** What asks this server only, once. */
  resolver(): Resolver {
    const resolver = new Resolver({ timeout: 10_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${this.socket.address().port}`]);
    return resolver;
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  /** https://www.rfc-editor.org/rfc/rfc1035#section-4 */
  private answer(query: Buffer): Buffer {
    const { name, type, end } = questionOf(query);
    const found = this.names[name];
    const records =
      found === undefined || found === 'SERVFAIL'
        ? []
        : type === TYPES.NS
          ? (found.NS ?? []).map(encodeName)
          : (found.CAA ?? []).map(encodeCaa);
    const code = found === 'SERVFAIL' ? SERVFAIL : found === undefined ? NXDOMAIN : 0;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580 + code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, query.subarray(12, end), ...records.map((data) => recordOf(type, data))]);
  }
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function recordOf(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // The name of the question.
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);

function encodeCaa(record: string): Buffer {
  const [tag = '', value = ''] = record.split(' ');
  return Buffer.from([0, tag.length, ...Buffer.from(tag + value)]);
}
