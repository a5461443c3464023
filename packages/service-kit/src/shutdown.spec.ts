import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { passTime, startTime, stopTime } from '@usermgmt/testing/deadlines';
import { waitFor } from '@usermgmt/testing/wait';
import { Lifecycle } from './lifecycle.js';
import { shutDownOnSignal } from './shutdown.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

describe('shutDownOnSignal', () => {
  let lifecycle: Lifecycle;
  let server: Server;
  /** What was logged, and whether the server still listened when the modules were closed. */
  let events: unknown[];
  let closeModules: () => Promise<void>;

  const shutDown = (timing: { SHUTDOWN_DELAY_MS: number; SHUTDOWN_DEADLINE_MS: number }): void => {
    const app = {
      get: () => lifecycle,
      getHttpServer: () => server,
      close: () => {
        events.push({ listening: server.listening });
        return closeModules();
      },
    };
    shutDownOnSignal(app as unknown as NestFastifyApplication, timing);
  };

  beforeEach(async () => {
    events = [];
    closeModules = () => Promise.resolve();
    const log = (line: unknown): unknown => events.push(line);
    Logger.overrideLogger({ log, error: log, warn: log });
    lifecycle = new Lifecycle();
    lifecycle.started();
    server = createServer((_request, response) => response.write('begun')).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    startTime();
    for (const signal of SIGNALS) process.removeAllListeners(signal);
    process.exitCode = undefined;
    Logger.overrideLogger(false);
    server.closeAllConnections();
    server.close();
  });

  it.each(SIGNALS)(
    'on %s: unready at once, serves for the delay, closes the modules last',
    async (signal) => {
      stopTime();
      shutDown({ SHUTDOWN_DELAY_MS: 1_000, SHUTDOWN_DEADLINE_MS: 60_000 });
      expect(lifecycle.isServing).toBe(true);
      process.emit(signal, signal);
      expect(lifecycle.isDraining).toBe(true);
      await passTime(999);
      expect(server.listening).toBe(true);
      await passTime(1);
      startTime();
      await waitFor('the end', async () => events.includes('stopped'));
      expect(events).toEqual([
        `${signal}: no longer ready`,
        'no connection left',
        { listening: false },
        'stopped',
      ]);
      expect(process.exitCode).toBeUndefined();
    },
  );

  it('cuts a request that is not finished by the deadline', async () => {
    shutDown({ SHUTDOWN_DELAY_MS: 0, SHUTDOWN_DEADLINE_MS: 50 });
    const { port } = server.address() as AddressInfo;
    const [response] = await once(get({ port, host: '127.0.0.1' }), 'response');
    const lost = once(response, 'error');
    process.emit('SIGTERM', 'SIGTERM');
    expect(await lost).toMatchObject([{ code: 'ECONNRESET' }]);
    await waitFor('the end', async () => events.includes('stopped'));
  });

  it('shuts down once, however many signals come', async () => {
    shutDown({ SHUTDOWN_DELAY_MS: 0, SHUTDOWN_DEADLINE_MS: 60_000 });
    for (const signal of [...SIGNALS, ...SIGNALS]) process.emit(signal, signal);
    await waitFor('the end', async () => events.includes('stopped'));
    expect(events.filter((event) => typeof event === 'object')).toHaveLength(1);
  });

  it('sets the exit code when a module cannot be closed', async () => {
    closeModules = () => Promise.reject(new Error('the database is gone'));
    shutDown({ SHUTDOWN_DELAY_MS: 0, SHUTDOWN_DEADLINE_MS: 60_000 });
    process.emit('SIGTERM', 'SIGTERM');
    await waitFor('the exit code', async () => process.exitCode === 1);
    expect(events.at(-1)).toMatchObject({ message: 'the database is gone' });
  });
});
