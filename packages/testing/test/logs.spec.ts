import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../src/free-port.ts';
import { type HttpProcess, runCommand, startUserManagement } from '../src/process.ts';
import { newUser, send } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

type Line = Record<string, unknown>;

describe('log lines', () => {
  let folder: string;
  let users: HttpProcess;
  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    const all = { SQLITE_FILE: join(folder, 'test.sqlite'), ...environment };
    await runCommand('migrate', [], all);
    users = await startUserManagement(all);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  });
  afterEach(async () => {
    await users.process.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const lines = (): Line[] =>
    users.process.output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  const requests = (): Line[] => lines().filter(({ msg }) => msg === 'request');
  /** Asks for something that is always logged, and waits for its line. */
  const flush = async (): Promise<void> => {
    const before = lines().length;
    await fetch(`${users.url}/no-such-route`);
    await waitFor('a log line', () =>
      Promise.resolve(
        lines()
          .slice(before)
          .some(({ route }) => route === '(no route)'),
      ),
    );
  };

  it('are one a request, with its ids, and none for probes', async () => {
    await start();
    const root = '1-6744a1f0-0123456789abcdef01234567';
    const headers = { 'x-amzn-trace-id': `Root=${root}` };
    await fetch(`${users.url}/hello`, { headers });
    await fetch(`${users.url}/user/nobody`, { headers });
    for (const probe of ['live', 'ready', 'dependencies']) await fetch(`${users.url}/health/${probe}`);
    await flush();
    const common = {
      service: 'user-management',
      traceId: root,
      requestId: expect.any(String),
      ms: expect.any(Number),
    };
    expect(requests().slice(0, 2)).toEqual([
      expect.objectContaining({ ...common, level: 'info', route: '/usermgmt/hello', status: 200 }),
      expect.objectContaining({ ...common, level: 'info', route: '/usermgmt/user/:username', status: 404 }),
    ]);
    expect(requests()).toHaveLength(3);
    expect(new Set(requests().map(({ requestId }) => requestId)).size).toBe(3);
  });

  it('of work that a request began have its ids; its level tells the outcome', async () => {
    await start({ LOG_LEVEL: 'debug', NOTIFICATION_SERVICE_PORT: String(await freePort()) });
    await send('POST', `${users.url}/user`, newUser());
    const mail = await waitFor('the relay', () =>
      Promise.resolve(lines().find(({ msg }) => msg === 'mail not sent yet')),
    );
    const creation = await waitFor('the request', () =>
      Promise.resolve(requests().find(({ method }) => method === 'POST')),
    );
    expect(mail).toMatchObject({ level: 'debug' });
    expect(mail.traceId).toBe(creation.traceId);
    await fetch(`${users.url}/notification-health-status`);
    await flush();
    expect(requests().find(({ status }) => status === 503)).toMatchObject({ level: 'warn' });
  });

  it('of successful requests can be switched off; others stay', async () => {
    await start({ ACCESS_LOG_SAMPLE_RATE: '0' });
    for (let index = 0; index < 20; index += 1) await fetch(`${users.url}/hello`);
    await flush();
    expect(requests().map(({ status }) => status)).toEqual([404]);
  });

  it('of successful requests can be sampled', async () => {
    await start({ ACCESS_LOG_SAMPLE_RATE: '0.5' });
    for (let index = 0; index < 200; index += 1) await fetch(`${users.url}/hello`);
    await flush();
    const count = requests().filter(({ status }) => status === 200).length;
    // Fewer or more than this happens once in 10^12 runs.
    expect(count).toBeGreaterThan(45);
    expect(count).toBeLessThan(155);
  });

  it('are as few as LOG_LEVEL says', async () => {
    await start({ LOG_LEVEL: 'error' });
    await fetch(`${users.url}/hello`);
    await fetch(`${users.url}/no-such-route`);
    expect(lines()).toEqual([]);
  });

  it.each([
    ['unhandledRejection', 'Promise.reject(new TypeError("private"))'],
    ['uncaughtException', '(() => { throw new TypeError("private"); })()'],
  ])('tell an %s as fatal, and the process ends with 1', async (event, action) => {
    const code = `process.once('SIGUSR2', () => ${action})`;
    await start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` });
    users.process.signal('SIGUSR2');
    expect(await users.process.ended()).toBe(1);
    const fatal = lines().filter(({ level }) => level === 'fatal');
    expect(fatal).toEqual([expect.objectContaining({ msg: event, reason: 'TypeError' })]);
  });
});
