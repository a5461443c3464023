import { request, type IncomingMessage, type Server } from 'node:http';

/** What frames a request; it is read by Node, and is no text. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection', 'host']);
/** Values for which more headers are looked at; others get one that means nothing. */
const TELLING: Readonly<Record<string, string>> = {
  'access-control-request-method': 'GET',
  'content-type': 'application/json',
  accept: '*/*',
};

/** A request whose headers are watched. */
export interface Watched {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
}

/**
 * The names of the headers that a server's code looks at while it answers a
 * request; those that it looks at only if another one is there are found too.
 *
 * @param server listens on a port of this machine
 * @param origin an origin that it lets call, so that CORS is gone through
 */
export async function headersRead(server: Server, watched: Watched, origin: string): Promise<string[]> {
  const read = new Set<string>();
  const watch = (message: IncomingMessage): void => {
    const note = (name: string | symbol): void => {
      if (typeof name === 'string' && !FRAMING.has(name)) read.add(name);
    };
    message.headers = new Proxy(message.headers, {
      get(headers, name) {
        note(name);
        return Reflect.get(headers, name) as unknown;
      },
      has(headers, name) {
        note(name);
        return Reflect.has(headers, name);
      },
    });
  };
  server.prependListener('request', watch);
  try {
    for (let known = -1; known < read.size;) {
      known = read.size;
      const sent = Object.fromEntries([...read].map((name) => [name, TELLING[name] ?? 'x']));
      await exchange(server, { ...watched, headers: { ...sent, origin, ...watched.headers } });
    }
  } finally {
    server.off('request', watch);
  }
  return [...read].sort();
}

function exchange(server: Server, { method, url, headers }: Watched): Promise<void> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server must listen on a port');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { port: address.port, host: '127.0.0.1', method, path: url, headers },
      (response) => {
        response.resume().once('end', resolve).once('error', reject);
      },
    );
    outgoing.once('error', reject).end();
  });
}
