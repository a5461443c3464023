import { afterEach, describe, expect, it } from '@jest/globals';
import { passTime, startTime, stopTime } from '@usermgmt/testing/deadlines';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { startApplication } from './support/application.js';
import { connect, migrated, sqliteDatabase, type TestDatabase } from './support/database.js';
import {
  accept,
  hang,
  type NotificationServer,
  startNotificationServer,
} from './support/notification-server.js';
import { outboxRows, waitForState } from './support/outbox.js';
import { UsersApi } from './support/users-api.js';

let database: TestDatabase;
let notification: NotificationServer;

async function start(): Promise<Awaited<ReturnType<typeof startApplication>>> {
  const started = await startApplication({
    ...database.environment,
    ...notification.environment,
    OUTBOX_POLL_MS: '20',
  });
  await waitFor('the database', async () => (await fetch(`${started.url}/usermgmt/users`)).ok);
  return started;
}

afterEach(async () => {
  startTime();
  await notification.stop();
  await database.drop();
});

describe('stopping the service', () => {
  it('finishes the attempt that is under way and leaves the rest to the next start', async () => {
    database = await migrated(await sqliteDatabase());
    notification = await startNotificationServer();
    const answers: (() => void)[] = [];
    notification.answer = (response) => {
      answers.push(() => response.end());
    };
    const first = await start();
    const users = new UsersApi(first.url);
    const user = newUser();
    await users.signUp(user).expect(201);
    await waitFor('the attempt', async () => answers.length === 1);

    const stopped = first.app.close();
    answers[0]!();
    await stopped;
    const beside = await connect(database);
    expect(await outboxRows(beside, user.email)).toMatchObject([{ state: 'sent', attempts: 1 }]);
    await beside.destroy();
  });

  it('ends when 3 s have passed although notification hangs; the mail is sent after the next start', async () => {
    database = await migrated(await sqliteDatabase());
    notification = await startNotificationServer();
    notification.answer = hang;
    stopTime();
    const first = await start();
    const user = newUser();
    await new UsersApi(first.url).signUp(user).expect(201);
    await waitFor('the attempt', async () => notification.mails.length === 1);
    const stopped = first.app.close();
    await passTime(3_000);
    await stopped;
    startTime();

    notification.answer = accept;
    const second = await start();
    const beside = await connect(database);
    expect(await waitForState(beside, user.email, 'sent')).toMatchObject({ attempts: 2 });
    await beside.destroy();
    await second.app.close();
  });
});
