import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import { closeServer, Lifecycle } from './lifecycle.js';

describe('Lifecycle', () => {
  it('serves from the start until it drains, and never again', () => {
    const lifecycle = new Lifecycle();
    const states = (): boolean[] => [lifecycle.isServing, lifecycle.isDraining];
    expect(states()).toEqual([false, false]);
    lifecycle.started();
    expect(states()).toEqual([true, false]);
    lifecycle.drain();
    expect(states()).toEqual([false, true]);
    lifecycle.started();
    expect(states()).toEqual([false, true]);
  });
});

describe('closeServer', () => {
  let server: Server;
  let agent: Agent;
  let held: ServerResponse[];

  beforeEach(async () => {
    held = [];
    agent = new Agent({ keepAlive: true });
    server = createServer((request, response) => {
      if (request.url === '/held') held.push(response);
      else response.end('at once');
    }).listen(0, '127.0.0.1');
    server.keepAliveTimeout = 60_000;
    await once(server, 'listening');
  });
  afterEach(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  const ask = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      get({ port, host: '127.0.0.1', path, agent }, (response: IncomingMessage) => {
        response.setEncoding('utf8').on('data', resolve).on('error', reject);
      }).on('error', reject);
    });
  const connections = async (): Promise<number> => promisify(server.getConnections.bind(server))();
  const arrived = async (): Promise<void> => {
    while (held.length === 0) await new Promise(setImmediate);
  };

  it('waits for the request in flight, takes no other, and lets idle connections go', async () => {
    await Promise.all([ask('/'), ask('/')]);
    const answer = ask('/held');
    await arrived();
    expect(await connections()).toBe(2);
    let closed = false;
    const closing = closeServer(server, 60_000).then(() => {
      closed = true;
    });
    expect(server.listening).toBe(false);
    // The idle connection has gone, and the one of the request has not.
    await waitFor('one connection', async () => (await connections()) === 1);
    expect(closed).toBe(false);
    held[0]!.end('finished');
    expect(await answer).toBe('finished');
    await closing;
  });

  it('cuts what is not finished at the deadline', async () => {
    const answer = ask('/held');
    const lost = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    await arrived();
    await closeServer(server, 100);
    await lost;
  });

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    const before = timers();
    await closeServer(server, 60_000);
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('does nothing to a server that does not listen', async () => {
    await closeServer(createServer(), 60_000);
  });
});
