import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import { startService, type TestService } from './support/service.js';

/** Connections that are opened for each way of being slow. */
const CLIENTS = 20;
const HEAD = 'POST /usermgmt/user HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

let service: TestService;
let silent: Promise<string[]>;
let slowHeaders: Promise<string[]>;
let slowBody: Promise<string[]>;
let unread: Promise<void>;
/** Who was cut off, in this order. */
const cut: string[] = [];

// All begin at once: together they take as long as the slowest.
beforeAll(async () => {
  service = await startService();
  unread = untilUnreadAnswerIsCut();
  silent = many('silent', () => Promise.resolve());
  slowHeaders = many('slow headers', (socket) => {
    socket.write(`${HEAD}X-Slow: `);
    return dribble(socket, 'x');
  });
  slowBody = many('slow body', (socket) => {
    socket.write(`${HEAD}Content-Length: 1000\r\n\r\n`);
    return dribble(socket, ' ');
  });
});
afterAll(async () => {
  for (const socket of opened) socket.destroy();
  await service.stop();
});

const opened: Socket[] = [];

function open(): Socket {
  const { hostname, port } = new URL(service.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  opened.push(socket);
  // Written to after the server's end, a socket fails: the kernel answers with a reset.
  return socket.on('error', () => undefined);
}

/**
 * Opens connections, and lets `behave` write on each until the server ends it; they never end themselves.
 *
 * @returns what each was answered
 */
const many = (what: string, behave: (socket: Socket) => Promise<void>): Promise<string[]> =>
  Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const socket = open();
      let answer = '';
      socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
      void behave(socket);
      await Promise.race([once(socket, 'end'), once(socket, 'close')]);
      cut.push(what);
      return answer;
    }),
  );

/** Writes a byte each second for as long as it can. */
async function dribble(socket: Socket, byte: string): Promise<void> {
  while (socket.writable) {
    socket.write(byte);
    await sleep(1_000);
  }
}

/** The reader sees no end, for what was sent before it is not read either: only the server knows. */
async function untilUnreadAnswerIsCut(): Promise<void> {
  const other = await startService();
  await addUsers(other, 150_000);
  const before = await connections(other);
  const { hostname, port } = new URL(other.url);
  const socket = connect({ host: hostname, port: Number(port) }).on('error', () => undefined);
  socket.pause();
  socket.write('GET /usermgmt/users HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitFor('the connection', async () => (await connections(other)) > before);
  await waitFor('the cut', async () => (await connections(other)) === before, 120_000);
  socket.destroy();
  await other.stop();
}

function addUsers({ dataSource }: TestService, count: number): Promise<unknown> {
  return dataSource.query(`
    INSERT INTO users (username_key, username, password, email_key, email, firstname, lastname, role, enabled)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    SELECT 'n' || i, 'n' || i, 'x', 'n' || i, 'n' || i || '@example.com', 'First', 'Last', 'ROLE_USER', 1 FROM n`);
}

const connections = ({ app }: TestService): Promise<number> =>
  new Promise((resolve, reject) => {
    app.getHttpServer().getConnections((error: Error | null, count: number) => {
      if (error) reject(error);
      else resolve(count);
    });
  });

function expectTimeout(answers: string[]): void {
  expect(answers).toHaveLength(CLIENTS);
  for (const answer of answers) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'REQUEST_TIMEOUT' });
  }
}

describe('a client that is slow on purpose', () => {
  it('keeps nobody else from being answered', async () => {
    await waitFor('all connections', async () => (await connections(service)) >= 3 * CLIENTS);
    expect((await fetch(`${service.url}/usermgmt/users?limit=10`)).status).toBe(200);
    expect(cut).toEqual([]);
  });

  it('is not one whose request takes 5 s to arrive', async () => {
    const socket = open();
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    for (const part of [
      'GET /usermgmt/hello HTTP/1.1\r\n',
      'Host: x\r\n',
      'A: b\r\n',
      'Connection: close\r\n',
    ]) {
      socket.write(part);
      await sleep(1_250);
    }
    socket.end('\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('has 10 s for its headers and 30 s for its request', () => {
    const { headersTimeout, requestTimeout } = service.app.getHttpServer();
    expect({ headersTimeout, requestTimeout }).toEqual({ headersTimeout: 10_000, requestTimeout: 30_000 });
  });

  it('is cut off when it says nothing, or its headers take too long', async () => {
    expectTimeout(await silent);
    expectTimeout(await slowHeaders);
    expect(cut).not.toContain('slow body');
  }, 120_000);

  it('is cut off when its request takes too long, and holds nothing afterwards', async () => {
    expectTimeout(await slowBody);
    await waitFor('connections to go', async () => (await connections(service)) < CLIENTS, 30_000);
  }, 120_000);

  it('is cut off when it does not read the answer', async () => {
    await unread;
  }, 150_000);
});
