import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Connections } from './connections.js';

const HALF = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345';
const PROXY = '127.0.0.9';

let server: Server;
let opened: Socket[];
/** Answers that are held back until a test gives them. */
let held: (() => void)[];

beforeEach(async () => {
  [opened, held] = [[], []];
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/held') held.push(() => response.end('late'));
      else response.end('answered');
    });
    request.on('error', () => undefined);
  });
  new Connections((address) => address === PROXY, { perAddress: 3, inAll: 6 }).watch(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of opened) socket.destroy();
  server.close();
  await once(server, 'close');
});

/** Opens a connection that sends `bytes`, and waits until the server has read them. */
async function open(bytes: string, localAddress = '127.0.0.1'): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  opened.push(socket);
  socket.on('error', () => undefined);
  const [peer] = await accepted;
  socket.write(bytes);
  while (peer.bytesRead < bytes.length && !peer.destroyed)
    await new Promise((resolve) => setImmediate(resolve));
  return socket;
}

const get = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

/** All that comes back until the server closes. */
const answer = async (socket: Socket): Promise<string> => text(socket);

function problemIn(response: string): unknown {
  return JSON.parse(response.split('\r\n\r\n')[1] ?? '');
}

describe('connections', () => {
  it('of one address beyond its bound: the oldest unfinished request gets 429, the newest is answered', async () => {
    const first = await open(HALF);
    for (let index = 0; index < 2; index += 1) await open(HALF);
    const probe = await open(get());
    expect(await answer(probe)).toMatch(/^HTTP\/1\.1 200 /);
    const refused = await answer(first);
    expect(refused).toMatch(/^HTTP\/1\.1 429 /);
    expect(refused).toMatch(/^retry-after: 1\r$/im);
    expect(problemIn(refused)).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
  });

  it('in all beyond the bound: one of the address with most gets 503', async () => {
    const proxied = [];
    for (let index = 0; index < 4; index += 1) proxied.push(await open(HALF, PROXY));
    for (let index = 0; index < 2; index += 1) await open(HALF);
    expect(await answer(await open(get(), '127.0.0.2'))).toMatch(/^HTTP\/1\.1 200 /);
    const refused = await answer(proxied[0]!);
    expect(refused).toMatch(/^retry-after: 1\r$/im);
    expect(problemIn(refused)).toMatchObject({ status: 503, code: 'TOO_BUSY' });
  });

  it('of a trusted proxy are bounded in all only', async () => {
    const first = await open(HALF, PROXY);
    for (let index = 0; index < 5; index += 1) await open(HALF, PROXY);
    first.write('67890');
    first.end();
    expect(await answer(first)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('on which a request is being answered stay, and those that wait for one go', async () => {
    const busy = await open(get('/held'));
    const idle = await open('');
    await open(HALF);
    await open(HALF);
    expect(await answer(idle)).toBe('');
    held[0]?.();
    expect(await answer(busy)).toContain('late');
  });

  it('that are closed make room', async () => {
    for (let index = 0; index < 10; index += 1) expect(await answer(await open(get()))).toContain('answered');
    const first = await open(HALF);
    await open(HALF);
    await open(HALF);
    first.write('67890');
    first.end();
    expect(await answer(first)).toContain('answered');
  });
});
