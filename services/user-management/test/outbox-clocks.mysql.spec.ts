import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { freePort } from '@usermgmt/testing/free-port';
import { RunningProcess } from '@usermgmt/testing/process';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { Outbox } from '../src/outbox/outbox.js';
import { describeOnMysql, mysqlDatabase } from './support/database.js';
import { type NotificationServer, startNotificationServer } from './support/notification-server.js';
import { waitForState } from './support/outbox.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

const MAIN = new URL('../dist/main.js', import.meta.url).pathname;

/** Loaded before the service: moves the clock of its process. */
const clockAhead = (ms: number): string =>
  `data:text/javascript,${encodeURIComponent(`
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(Real.now() + ${ms}) : super(...given); }
      static now() { return Real.now() + ${ms}; }
    };`)}`;

/** Leaves a mail as another instance would: no relay is woken. */
async function leave({ dataSource }: TestService, address: string): Promise<void> {
  await dataSource.transaction((manager) =>
    new Outbox(new NoTracer()).add(manager, { subject: 's', content: 'c', toEmails: [address] }, ''),
  );
}

describeOnMysql('an instance whose clock is ahead', () => {
  let service: TestService;
  let besides: NotificationServer;
  let other: RunningProcess;
  beforeAll(async () => {
    const database = await mysqlDatabase();
    service = await startService({ OUTBOX_POLL_MS: '20' }, async () => database);
    besides = await startNotificationServer();
    other = new RunningProcess('other', ['--import', clockAhead(60_000), MAIN], {
      ...database.environment,
      ...besides.environment,
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      METRICS_PORT: '0',
      OUTBOX_POLL_MS: '20',
    });
  });
  afterAll(async () => {
    await other.stop('SIGKILL');
    await besides.stop();
    await service.stop();
  });

  it('does not send a mail that another one is just sending', async () => {
    const { notification, dataSource } = service;
    const got = (server: NotificationServer, { email }: { email: string }): boolean =>
      server.mails.some(({ body }) => body.toEmails.includes(email));
    await waitFor('the other instance to work', async () => {
      if (other.hasEnded) throw new Error(other.output);
      await leave(service, 'nobody@example.com');
      return besides.mails.length > 0;
    });
    const seen = await waitFor('a mail that only this instance has begun', async () => {
      const attempt = { hasEnded: false };
      notification.answer = (response) => {
        response.once('close', () => {
          attempt.hasEnded = true;
        });
      };
      const user = newUser();
      await new UsersApi(service.url).signUp(user).expect(201);
      await waitFor('an attempt', async () => got(notification, user) || got(besides, user));
      if (!got(notification, user)) return false;
      // This instance waits for its answer and claims nothing, so the other one sends these.
      for (const probe of [newUser(), newUser()]) {
        await leave(service, probe.email);
        await waitForState(dataSource, probe.email, 'sent');
      }
      // An attempt that has timed out may be repeated by either.
      if (attempt.hasEnded) return false;
      return { sentTwice: got(besides, user) };
    });
    expect(seen).toEqual({ sentTwice: false });
  });
});
