import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { type HttpProcess, runCommand, startNotification, startUserManagement } from '../src/process.ts';
import { waitFor } from '../src/wait.ts';

/** More than both bounds of the services. */
const CONNECTIONS = 2_600;
/** As in the images. */
const ENVIRONMENT = { NODE_ENV: 'test', NODE_OPTIONS: '--max-semi-space-size=4', LOG_LEVEL: 'warn' };

/** The memory limit of a service's pod, in MiB. */
function limitOf(service: string): number {
  const file = new URL(`../../../k8s/base/${service}/deployment/deployment.yaml`, import.meta.url);
  const { spec } = load(readFileSync(file, 'utf8')) as {
    spec: { template: { spec: { containers: { resources: { limits: { memory: string } } }[] } } };
  };
  const container = spec.template.spec.containers[0];
  return Number(/^(\d+)Mi$/.exec(container?.resources.limits.memory ?? '')?.[1]);
}

/**
 * Watches the memory of a process that the kernel can't take back, which is
 * what a pod is ended for. Pages of files, some 58 MiB of Node itself, can be dropped.
 *
 * @returns ends it and gives the peak, in MiB
 */
function watchMemory({ process: { pid } }: HttpProcess): () => number {
  let peak = 0;
  const read = (): void => {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    peak = Math.max(peak, Number(/^RssAnon:\s+(\d+) kB$/m.exec(text)?.[1]) / 1_024);
  };
  const timer = setInterval(read, 20);
  return () => {
    read();
    clearInterval(timer);
    return peak;
  };
}

const sockets: Socket[] = [];

/** Opens connections that each send a part of a request. @returns their answers so far, by status */
async function flood(
  { url, port }: HttpProcess,
  path: string,
  body: { announced: number; sent: number },
  from: (index: number) => string = () => '127.0.0.1',
): Promise<Map<string, number>> {
  const statuses = new Map<string, number>();
  const head = `POST ${new URL(url).pathname}${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.announced}\r\n\r\n`;
  const half = Buffer.concat([Buffer.from(head), Buffer.alloc(body.sent, ' ')]);
  for (let index = 0; index < CONNECTIONS; index += 1) {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from(index) });
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').once('data', (text: string) => {
      const status = text.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    socket.write(half);
    if (index % 50 === 0) await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }
  return statuses;
}

async function probe({ url }: HttpProcess): Promise<void> {
  for (const path of ['health/live', 'health/ready']) {
    expect([path, (await fetch(`${url}/${path}`)).status]).toEqual([path, 200]);
  }
}

const manyAddresses = (index: number): string => `127.0.${1 + (index % 200)}.${1 + (index % 13)}`;

describe('under the memory limit of its pod, and answering its probes, stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-memory-'));
  const database = { SQLITE_FILE: join(folder, 'test.sqlite') };
  let users: HttpProcess;
  let notification: HttpProcess;

  beforeAll(async () => {
    await runCommand('migrate', [], database);
    users = await startUserManagement({ ...ENVIRONMENT, ...database });
    notification = await startNotification(ENVIRONMENT);
    await waitFor('readiness', async () => (await fetch(`${users.url}/health/ready`)).ok);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await users.process.stop('SIGKILL');
    await notification.process.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['user-management', 'half of 100 kB, one address', '/user', 102_400, undefined],
    ['user-management', 'nearly the most that it takes, one address', '/user', 16_384, undefined],
    ['user-management', 'nearly the most that it takes, many addresses', '/user', 16_384, manyAddresses],
    ['notification', 'half of 100 kB, one address', '/send', 102_400, undefined],
    ['notification', 'half of 100 kB, many addresses', '/send', 102_400, manyAddresses],
  ] as const)('%s while 2,600 clients send bodies: %s', async (name, _what, path, announced, from) => {
    const service = name === 'notification' ? notification : users;
    const peak = watchMemory(service);
    const sent = announced > 16_384 ? announced / 2 : announced - 1;
    const statuses = await flood(service, path, { announced, sent }, from);
    await probe(service);
    const refused = (): number =>
      ['413', '429', '503'].reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0);
    await waitFor('refusals', () => Promise.resolve(refused() > CONNECTIONS - 1_200));
    await probe(service);
    for (const socket of sockets.splice(0)) socket.destroy();
    expect(peak()).toBeLessThan(limitOf(name));
  });

  it('user-management while it reads forms that repeat a name', async () => {
    const peak = watchMemory(users);
    const post = (body: string) =>
      fetch(`${users.url}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
    const answers = Promise.all(Array.from({ length: 20 }, () => post('a&'.repeat(10_000))));
    await probe(users);
    // Without AUTH_MODE=local these routes do not exist.
    for (const { status } of await answers) expect(status).toBe(404);
    expect((await post('a&'.repeat(51_000))).status).toBe(413);
    expect(peak()).toBeLessThan(limitOf('user-management'));
  });

  it('each service while its description is read in a loop', async () => {
    for (const [name, service] of [
      ['user-management', users],
      ['notification', notification],
    ] as const) {
      const peak = watchMemory(service);
      const readers = Array.from({ length: 10 }, async () => {
        for (let index = 0; index < 20; index += 1) await (await fetch(`${service.url}/openapi.yaml`)).text();
      });
      await probe(service);
      await Promise.all(readers);
      await probe(service);
      expect(peak()).toBeLessThan(limitOf(name));
    }
  });
});
