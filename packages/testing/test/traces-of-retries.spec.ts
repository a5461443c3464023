import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Receiver, startReceiver } from '@usermgmt/local-xray/receiver';
import { freePort } from '../src/free-port.ts';
import {
  type HttpProcess,
  runCommand,
  startMailbox,
  startNotification,
  startUserManagement,
} from '../src/process.ts';
import { newUser } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

/** For which the outbox gives a row to a process (outbox.relay.ts). */
const LEASE_MS = 30_000;
const ROOT = '1-6744a1f0-0123456789abcdef01234567';

interface Document {
  id: string;
  name: string;
  trace_id: string;
  parent_id?: string;
  fault?: boolean;
  annotations?: { attempt?: number; route?: string };
  subsegments?: Document[];
}

describe('the trace of a mail that is tried twice', () => {
  let receiver: Receiver;
  let mailbox: HttpProcess;
  let notificationPort: number;
  let folder: string;
  let users: HttpProcess;
  let notification: HttpProcess | undefined;

  const tracing = (): Record<string, string> => ({
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${receiver.port}`,
    AWS_XRAY_SAMPLING_RULES: '{"version":2,"default":{"fixed_target":0,"rate":0}}',
    // The test is the proxy that asks for its one trace, and user-management goes on with it.
    TRUSTED_PROXIES: 'loopback',
  });
  const environment = (): Record<string, string> => ({
    ...tracing(),
    SQLITE_FILE: join(folder, 'test.sqlite'),
    NOTIFICATION_SERVICE_HOST: '127.0.0.1',
    NOTIFICATION_SERVICE_PORT: String(notificationPort),
    OUTBOX_POLL_MS: '50',
  });
  const startReal = async (): Promise<void> => {
    notification = await startNotification({
      ...tracing(),
      AWS_ENDPOINT_URL_SES: mailbox.url,
      PORT: String(notificationPort),
    });
  };
  const create = async (): Promise<void> => {
    const response = await fetch(`${users.url}/user`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amzn-trace-id': `Root=${ROOT};Sampled=1` },
      body: JSON.stringify(newUser()),
    });
    expect(response.status).toBe(201);
    await response.text();
  };
  /** Everything that came, subsegments too, each with what it is in. */
  const documents = (): Document[] => {
    const flat = (document: Document): Document[] => [
      document,
      ...(document.subsegments ?? []).flatMap((child) => flat({ ...child, parent_id: document.id })),
    ];
    return receiver.documents().flatMap((document) => flat(document as unknown as Document));
  };
  const attempts = (): Document[] => documents().filter(({ annotations }) => annotations?.attempt);

  beforeAll(async () => {
    receiver = await startReceiver();
    mailbox = await startMailbox();
  });
  afterAll(async () => {
    await mailbox.process.stop('SIGKILL');
    await receiver.stop();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    notificationPort = await freePort();
    receiver.clear();
    await runCommand('migrate', [], environment());
    users = await startUserManagement(environment());
  });
  afterEach(async () => {
    await users.process.stop('SIGKILL');
    await notification?.process.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** The mail of the last attempt went through notification to SES, all in the one trace. */
  const expectDelivered = async (attempt: number): Promise<void> => {
    const delivery = await waitFor(
      'the last attempt',
      () => Promise.resolve(attempts().find(({ annotations }) => annotations?.attempt === attempt)),
      60_000,
    );
    const ses = await waitFor('SES', () => Promise.resolve(documents().find(({ name }) => name === 'SES')));
    const byId = new Map(documents().map((document) => [document.id, document]));
    const way: string[] = [];
    for (let at: Document | undefined = ses; at; at = byId.get(at.parent_id ?? '')) way.unshift(at.name);
    expect(way).toEqual([
      'usermanagement-microservice',
      'outbox delivery',
      '127.0.0.1',
      'notification-microservice',
      'SES',
    ]);
    expect(delivery.fault).toBeUndefined();
    expect(receiver.documents().map((document) => (document as { trace_id: string }).trace_id)).toEqual(
      receiver.documents().map(() => ROOT),
    );
    expect(receiver.invalid()).toEqual([]);
  };

  it('holds the failure and the success when notification was away', async () => {
    await create();
    await waitFor('a first attempt', () => Promise.resolve(attempts().length > 0));
    await startReal();
    await waitFor('a success', () => Promise.resolve(attempts().some(({ fault }) => !fault)));
    const all = attempts().map(({ annotations, fault }) => [annotations?.attempt, fault ?? false]);
    expect(all[0]).toEqual([1, true]);
    expect(all.map(([number]) => number)).toEqual(all.map((_, index) => index + 1));
    await expectDelivered(all.length);
  });

  it('goes on in another replica when the first one is killed in the middle', async () => {
    const silent: Server = createServer().listen(notificationPort, '127.0.0.1');
    const called = new Promise<void>((resolve) => {
      silent.once('connection', (socket) => {
        socket.on('error', () => undefined).resume();
        resolve();
      });
    });
    await create();
    await called;
    await waitFor('the segment of the request', () => Promise.resolve(documents().length > 0));
    await users.process.stop('SIGKILL');
    await new Promise((resolve) => silent.close(resolve));
    await startReal();
    users = await startUserManagement(environment());
    // The row is the killed process's until its lease is over.
    const table = new DatabaseSync(join(folder, 'test.sqlite'));
    table.exec(`UPDATE outbox SET due_at = due_at - ${LEASE_MS}`);
    table.close();
    await expectDelivered(2);
    expect(attempts().map(({ annotations }) => annotations?.attempt)).toEqual([2]);
  }, 120_000);
});
