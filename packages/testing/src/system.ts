import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import {
  type HttpProcess,
  runCommand,
  startMailbox,
  startNotification,
  startUserManagement,
} from './process.ts';

/** A part of the product that can be killed and started again. */
export type Part = 'user-management' | 'notification' | 'mysql';

/** The whole product, running, from outside: by its addresses. */
export interface System {
  /** `http://host:port/usermgmt` */
  users: string;
  /** `http://host:port/notification` */
  notification: string;
  /** `http://host:port` */
  mailbox: string;
  parts: readonly Part[];
  /** Ends a part as a power cut would. */
  kill(part: Part): Promise<void>;
  /** Starts a part that was killed, on its old address; it may take a while to answer. */
  start(part: Part): Promise<void>;
  /** Runs a command of the user-management image. @returns what it printed */
  command(
    entry: 'outbox' | 'admin' | 'audit' | 'migrate',
    words: readonly string[],
    input?: string,
  ): Promise<string>;
  /** All that user-management and notification have logged. */
  logs(): Promise<string>;
  stop(): Promise<void>;
}

/** A MySQL for {@link startProcesses}. */
export interface ProcessesDatabase {
  /** The variables of user-management and its commands. */
  service: Readonly<Record<string, string>>;
  /** Those that `migrate` has besides. */
  migrate: Readonly<Record<string, string>>;
}

/**
 * Starts the product as processes on free ports, on the embedded database unless another is given: as
 * `npm start` does or, `secure`, closed, with tokens of user-management.
 */
export async function startProcesses({
  secure = false,
  database,
}: { secure?: boolean; database?: ProcessesDatabase } = {}): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  const [usersPort, notificationPort] = [await freePort(), await freePort()];
  const mailbox = await startMailbox();
  const environment = {
    ...(database?.service ?? { SQLITE_FILE: join(folder, 'test.sqlite') }),
    NOTIFICATION_SERVICE_HOST: '127.0.0.1',
    NOTIFICATION_SERVICE_PORT: String(notificationPort),
  };
  const command: System['command'] = async (entry, words, input) => {
    const variables = { ...environment, ...(entry === 'migrate' && database?.migrate) };
    const { code, output } = await runCommand(entry, words, variables, input);
    if (code !== 0) throw new Error(`${entry} ended with ${code}: ${output}`);
    return output;
  };
  await command('migrate', []);
  const auth = secure ? await secured(folder, usersPort) : { users: {}, notification: {} };
  const starters = {
    'user-management': () => startUserManagement({ ...environment, ...auth.users, PORT: String(usersPort) }),
    notification: () =>
      startNotification({
        ...auth.notification,
        AWS_ENDPOINT_URL_SES: mailbox.url,
        PORT: String(notificationPort),
      }),
  };
  const started: HttpProcess[] = [];
  const running = {} as Record<keyof typeof starters, HttpProcess>;
  const start = async (part: Part): Promise<void> => {
    if (part === 'mysql') throw new Error('there is no MySQL here');
    running[part] = await starters[part]();
    started.push(running[part]);
  };
  await start('notification');
  await start('user-management');
  return {
    users: running['user-management'].url,
    notification: running.notification.url,
    mailbox: mailbox.url,
    parts: ['user-management', 'notification'],
    start,
    command,
    async kill(part) {
      if (part === 'mysql') throw new Error('there is no MySQL here');
      await running[part].process.stop('SIGKILL');
    },
    logs: () => Promise.resolve(started.map(({ process }) => process.output).join('')),
    async stop() {
      await running['user-management'].process.stop();
      await running.notification.process.stop();
      await mailbox.process.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A key for user-management, and where notification finds its public half. */
async function secured(folder: string, usersPort: number) {
  const key = join(folder, 'signing.pem');
  const { code, output } = await runCommand('auth', ['key', key], {});
  if (code !== 0) throw new Error(output);
  const AUTH_ISSUER = `http://127.0.0.1:${usersPort}/usermgmt`;
  return {
    users: { AUTH_MODE: 'local', AUTH_ISSUER, AUTH_SIGNING_KEY_FILE: key, AUTH_USER_CHECK_SECONDS: '2' },
    notification: { AUTH_MODE: 'jwt', AUTH_ISSUER, AUTH_JWKS_URL: `${AUTH_ISSUER}/.well-known/jwks.json` },
  };
}
