import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDocker } from '../src/docker.ts';
import { freePort } from '../src/free-port.ts';
import { mailsPerAddress } from '../src/mailbox.ts';
import { createSchema, type MysqlServer, ROOT_PASSWORD, startMysql, type TestSchema } from '../src/mysql.ts';
import {
  type HttpProcess,
  runCommand,
  startMailbox,
  startNotification,
  startUserManagement,
} from '../src/process.ts';
import { newUser, send } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

const COMPOSE_FILE = new URL('../compose.mysql.yml', import.meta.url).pathname;
const USERS = 20;
const SLOW = 120_000;

/** The part of docs/upgrade-aws.md, "Restore the database", that needs no AWS. */
describeWithDocker('a database that is restored into a new MySQL', () => {
  let schema: TestSchema;
  let server: MysqlServer;
  let mailbox: HttpProcess;
  let notification: HttpProcess;
  let service: HttpProcess | undefined;

  beforeAll(async () => {
    schema = await createSchema();
    server = await startMysql();
    mailbox = await startMailbox();
    notification = await startNotification({ AWS_ENDPOINT_URL_SES: mailbox.url });
    await runCommand('migrate', [], schema.environment);
  }, SLOW);
  afterAll(async () => {
    await service?.process.stop();
    await notification.process.stop();
    await mailbox.process.stop('SIGKILL');
    await server.stop();
    await schema.drop();
  }, SLOW);

  it(
    'has every user and every mail that had not been sent, once',
    async () => {
      const port = String(notification.port);
      const reaching = { NOTIFICATION_SERVICE_HOST: '127.0.0.1', NOTIFICATION_SERVICE_PORT: port };
      // Nothing listens there: these mails stay in the outbox.
      const missing = { ...reaching, NOTIFICATION_SERVICE_PORT: String(await freePort()) };
      const sent = await createUsers({ ...schema.environment, ...reaching });
      await waitFor('the first mails', async () => (await mailsPerAddress(mailbox.url)).size === USERS);
      await service?.process.stop();
      const waiting = await createUsers({ ...schema.environment, ...missing });
      await service?.process.stop();

      const { DB_NAME } = schema.environment;
      await copy(process.env.TEST_MYSQL_PROJECT ?? '', server.project, DB_NAME);
      const restored = { ...schema.environment, DB_PORT: String(server.port), ...reaching };
      // As before each version: here it finds that nothing is to be done.
      await runCommand('migrate', [], restored);
      service = await startUserManagement({ ...restored, OUTBOX_POLL_MS: '50' });

      const expected = [...sent, ...waiting];
      await waitFor('all mails', async () => (await mailsPerAddress(mailbox.url)).size === expected.length);
      const users = (await (await fetch(`${service.url}/users`)).json()) as { username: string }[];
      expect(users.map(({ username }) => username).sort()).toEqual(
        expected.map(({ username }) => username).sort(),
      );
      expect(Object.fromEntries(await mailsPerAddress(mailbox.url))).toEqual(
        Object.fromEntries(expected.map(({ email }) => [email, 1])),
      );
    },
    SLOW,
  );

  async function createUsers(environment: Readonly<Record<string, string>>) {
    service = await startUserManagement(environment);
    const users = Array.from({ length: USERS }, () => newUser());
    for (const user of users) {
      expect((await send('POST', `${service.url}/user`, user)).status).toBe(201);
    }
    return users;
  }
});

/** mysqldump of a schema into a new server, as an operator does it. */
async function copy(fromProject: string, toProject: string, schema: string): Promise<void> {
  const options = ['--single-transaction', '--set-gtid-purged=OFF', '--databases', schema];
  const dump = inMysql(fromProject, 'mysqldump', ...options);
  const restore = inMysql(toProject, 'mysql');
  const ended = Promise.all([once(dump, 'close'), once(restore, 'close')]);
  await pipeline(dump.stdout, restore.stdin);
  expect((await ended).map(([code]) => code as number)).toEqual([0, 0]);
}

function inMysql(project: string, program: string, ...args: string[]) {
  const compose = ['compose', '-p', project, '-f', COMPOSE_FILE, 'exec', '-T'];
  return spawn(
    'docker',
    [...compose, '-e', `MYSQL_PWD=${ROOT_PASSWORD}`, 'mysql', program, '--user=root', ...args],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TEST_MYSQL_PORT: '0' } },
  );
}
