import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { refusalInDevelopment } from '../../service-kit/src/protection/development-guard.ts';
import { type Answer, handleApi } from './api.ts';
import { ChangeStream } from './change-stream.ts';
import { readPage } from './page-files.ts';
import type { Receiver } from './receiver.ts';

/** Nothing may come from elsewhere, nothing inline may run, and no other page may frame or read this one. */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** The page and its API. */
export interface HttpServer {
  port: number;
  url: string;
  /** Cuts what is under way. */
  stop(): Promise<void>;
}

/**
 * Serves what the receiver keeps.
 *
 * @param options `port` 0 (the default) takes a free one
 * @throws the server's error, with `code` EADDRINUSE where the port is taken
 */
export async function startHttpServer(
  receiver: Receiver,
  options: { host?: string; port?: number } = {},
): Promise<HttpServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const page = await readPage();
  const changes = new ChangeStream(receiver);
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (!url) {
      send(request, response, { status: 400, body: { error: 'the path cannot be read' } });
      return;
    }
    const { pathname, searchParams } = url;
    const refusal = refusalInDevelopment(request, { isPage: pathname === '/' });
    if (refusal) {
      const { status, code, detail } = refusal;
      send(request, response, { status, body: { error: `${code}: ${detail}` } });
      return;
    }
    if (pathname === '/api/events' && request.method === 'GET') {
      changes.open(response, HEADERS);
      return;
    }
    const file = request.method === 'GET' || request.method === 'HEAD' ? page.get(pathname) : undefined;
    send(request, response, file ?? answer(receiver, request.method ?? 'GET', pathname, searchParams));
  });
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    // Its timer would keep the process alive.
    changes.stop();
    throw error;
  }
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${taken}`,
    stop: async () => {
      changes.stop();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Whatever came by UDP, a request for it ends in an answer. */
function answer(...request: Parameters<typeof handleApi>): Answer {
  try {
    return handleApi(...request);
  } catch (error) {
    return { status: 500, body: { error: String(error) } };
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, type, headers }: Answer,
): void {
  const isFile = Buffer.isBuffer(body);
  const bytes = isFile ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, {
    ...HEADERS,
    ...headers,
    ...(status === 204 ? {} : { 'content-type': type ?? 'application/json', 'content-length': bytes.length }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
