import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDocker } from '../src/docker.ts';
import { mailsPerAddress } from '../src/mailbox.ts';
import { createSchema, type TestSchema } from '../src/mysql.ts';
import {
  type HttpProcess,
  runCommand,
  startMailbox,
  startNotification,
  startUserManagement,
} from '../src/process.ts';
import { newUser, send } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

const USERS = 500;

describeWithDocker('two relays on one table', () => {
  let schema: TestSchema;
  let mailbox: HttpProcess;
  let notification: HttpProcess;
  let replicas: HttpProcess[];

  beforeAll(async () => {
    schema = await createSchema();
    mailbox = await startMailbox();
    notification = await startNotification({ AWS_ENDPOINT_URL_SES: mailbox.url });
    const environment = {
      ...schema.environment,
      NOTIFICATION_SERVICE_HOST: '127.0.0.1',
      NOTIFICATION_SERVICE_PORT: String(notification.port),
      // Often enough that both relays are after the same rows.
      OUTBOX_POLL_MS: '20',
    };
    await runCommand('migrate', [], environment);
    replicas = await Promise.all([startUserManagement(environment), startUserManagement(environment)]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(replicas.map(({ process }) => process.stop()));
    await notification.process.stop();
    await mailbox.process.stop('SIGKILL');
    await schema.drop();
  }, 60_000);

  it(`give ${USERS} users one mail each`, async () => {
    const users = Array.from({ length: USERS }, () => newUser());
    const queue = [...users.entries()];
    const worker = async (): Promise<void> => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const [index, user] = next;
        // A machine that is busy with other work lets a connection wait too long: 503, with nothing done.
        const created = await waitFor(`user ${index}`, async () => {
          const response = await send('POST', `${replicas[index % 2]?.url}/user`, user);
          return response.status !== 503 && response;
        });
        expect(created.status).toBe(201);
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    await waitFor('an empty outbox', async () => {
      const [rows] = await schema.connection.query(
        "SELECT COUNT(*) AS open FROM outbox WHERE state <> 'sent'",
      );
      return (rows as { open: number }[])[0]?.open === 0;
    });
    const counts = await mailsPerAddress(mailbox.url);
    expect(users.map(({ email }) => counts.get(email))).toEqual(users.map(() => 1));
  }, 120_000);
});
