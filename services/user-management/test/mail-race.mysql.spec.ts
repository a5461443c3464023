import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stretchDeadlines } from '@usermgmt/testing/deadlines';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import pLimit from 'p-limit';
import { DataSource } from 'typeorm';
import { ready, startApplication, type TestApplication } from './support/application.js';
import { describeOnMysql, migrated, mysqlDatabase, type TestDatabase } from './support/database.js';
import { type NotificationServer, startNotificationServer } from './support/notification-server.js';
import { outboxRows } from './support/outbox.js';
import { UsersApi } from './support/users-api.js';

// Ten sign-ups at the same time wait longer than 2 s on a busy machine.
stretchDeadlines();

const USERS = 200;

describeOnMysql('two relays on one table', () => {
  let database: TestDatabase;
  let notification: NotificationServer;
  let applications: TestApplication[];

  beforeAll(async () => {
    database = await migrated(await mysqlDatabase());
    notification = await startNotificationServer();
    const environment = { ...database.environment, ...notification.environment, OUTBOX_POLL_MS: '10' };
    applications = await Promise.all([startApplication(environment), startApplication(environment)]);
    for (const { url } of applications) await ready(url);
  });
  afterAll(async () => {
    await Promise.all(applications.map(({ app }) => app.close()));
    await notification.stop();
    await database.drop();
  });

  it(`send each of ${USERS} users one mail`, async () => {
    const made = Array.from({ length: USERS }, () => newUser());
    // More at once would only wait for each other, and on a busy machine too long.
    const limited = pLimit(10);
    const clients = applications.map(({ url }) => new UsersApi(url));
    await limited.map(made, async (user, i) => clients[i % 2]!.signUp(user).expect(201));
    await waitFor('all mails', async () => notification.mails.length >= USERS);
    // From here on the relays find nothing that they could send.
    await waitFor('all marks', async () => {
      const rows = await outboxRows(applications[0]!.app.get(DataSource));
      return rows.length === USERS && rows.every(({ state }) => state === 'sent');
    });
    const recipients = notification.mails.flatMap(({ body }) => body.toEmails);
    expect(recipients.toSorted()).toEqual(made.map(({ email }) => email).toSorted());
    expect(new Set(notification.mails.map(({ headers }) => headers['idempotency-key'])).size).toBe(USERS);
  });
});
