import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HttpProcess, runCommand, startUserManagement } from '../src/process.ts';
import { newUser } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

const DELAY_MS = 1_000;

describe('SIGTERM', () => {
  let folder: string;
  let service: HttpProcess;
  const refused = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(service.port, '127.0.0.1', () => {
        socket.destroy();
        resolve(false);
      }).on('error', () => {
        resolve(true);
      });
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    const environment = { SQLITE_FILE: join(folder, 'test.sqlite') };
    await runCommand('migrate', [], environment);
    service = await startUserManagement({ ...environment, SHUTDOWN_DELAY_MS: String(DELAY_MS) });
    await waitFor('readiness', async () => (await fetch(`${service.url}/health/ready`)).ok);
  });
  afterEach(async () => {
    await service.process.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes it unready, serves on, then finishes what is open, and ends with 0', async () => {
    const body = JSON.stringify(newUser());
    const agent = new Agent({ keepAlive: true });
    // A request that is half sent when the signal comes, and finished after the server has stopped listening.
    const slow = request(`${service.url}/user`, {
      agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        // So that the server tells when it has begun with it.
        expect: '100-continue',
      },
    });
    slow.flushHeaders();
    await once(slow, 'continue');
    slow.write(body.slice(0, 10));
    const answered = once(slow, 'response') as Promise<[{ statusCode: number }]>;

    service.process.signal('SIGTERM');
    await waitFor(
      'unreadiness',
      async () => (await fetch(`${service.url}/health/ready`)).status === 503,
      1_000,
    );
    const during = await fetch(`${service.url}/hello`);
    expect(during.status).toBe(200);
    expect(during.headers.get('connection')).toBe('close');
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);

    await waitFor('the end of listening', refused, DELAY_MS + 2_000);
    expect(service.process.hasEnded).toBe(false);
    slow.end(body.slice(10));
    const [response] = await answered;
    expect(response.statusCode).toBe(201);
    expect(await service.process.ended()).toBe(0);
    agent.destroy();
    expect(service.process.output).toMatch(/no longer ready[^]*no connection left[^]*stopped/);
  });

  it('cuts what does not finish by the deadline', async () => {
    await service.process.stop();
    service = await startUserManagement({
      SQLITE_FILE: join(folder, 'test.sqlite'),
      SHUTDOWN_DEADLINE_MS: '300',
    });
    const socket = connect(service.port, '127.0.0.1');
    await once(socket, 'connect');
    const head = 'POST /usermgmt/user HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Content-Length: 99\r\nExpect: 100-continue\r\n\r\n`);
    socket.on('error', () => undefined);
    await once(socket, 'data');
    socket.write('{');
    expect(await service.process.stop()).toBe(0);
    socket.destroy();
  });
});
