import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/free-port.ts';
import { logIn } from '../src/login.ts';
import {
  type HttpProcess,
  runCommand,
  startMailbox,
  startNotification,
  startUserManagement,
} from '../src/process.ts';
import { startIssuer } from '../src/token-issuer.ts';

export const MODES = ['none', 'local', 'jwt'] as const;
export type Mode = (typeof MODES)[number];

/** A service to be tested, and a token that may do everything there. */
export interface Target {
  service: 'user-management' | 'notification';
  /** `http://host:port` */
  url: string;
  token: string;
}

/** Both services as they run in a mode. */
export interface RunningMode {
  targets: Target[];
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/** How a mode is configured, and where its tokens come from. */
interface Setup {
  users: Environment;
  notification: Environment;
  tokens(usersUrl: string): Promise<{ users: string; notification: string }>;
  stop(): Promise<void>;
}

const PASSWORD = 'Pass@123';

/** Of the client `schemathesis`, as which tokens are asked for. */
export const CLIENT_SECRET = 'client-secret';
const CLIENTS = [
  { id: 'page', grants: ['password', 'refresh_token'] },
  {
    id: 'schemathesis',
    secretSha256: createHash('sha256').update(CLIENT_SECRET).digest('hex'),
    grants: ['password', 'refresh_token', 'client_credentials'],
    roles: ['ROLE_MODERATOR'],
  },
];

/** Starts both services on an embedded database, with an administrator and the local mailbox. */
export async function startInMode(mode: Mode): Promise<RunningMode> {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-api-'));
  const port = await freePort();
  const setup = await SETUPS[mode](folder, port);
  const common = { LOG_LEVEL: 'error', AUDIT_FILE: '/dev/null' };
  const database = { SQLITE_FILE: join(folder, 'test.sqlite') };
  await expectDone('migrate', [], database);
  await expectDone('admin', ['create', 'root', '--email', 'root@example.com'], database, PASSWORD);
  const mailbox = await startMailbox();
  const notification = await startNotification({
    ...common,
    ...setup.notification,
    AWS_ENDPOINT_URL_SES: mailbox.url,
  });
  const users = await startUserManagement({
    ...common,
    ...database,
    ...LIMITS_OFF,
    ...setup.users,
    PORT: String(port),
    NOTIFICATION_SERVICE_HOST: '127.0.0.1',
    NOTIFICATION_SERVICE_PORT: String(notification.port),
  });
  const tokens = await setup.tokens(users.url);
  const origin = ({ url }: HttpProcess): string => new URL(url).origin;
  return {
    targets: [
      { service: 'user-management', url: origin(users), token: tokens.users },
      { service: 'notification', url: origin(notification), token: tokens.notification },
    ],
    async stop() {
      for (const { name, output } of [users.process, notification.process]) {
        if (output.includes('"level":"error"')) console.log(`${name} logged:\n${output}`);
      }
      await users.process.stop();
      await notification.process.stop();
      await mailbox.process.stop('SIGKILL');
      await setup.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Everything comes from one address and asks for tokens and accounts without end. */
const LIMITS_OFF: Environment = {
  RATE_LIMIT_PER_MINUTE: '0',
  SIGN_UP_LIMIT_PER_HOUR: '0',
  LOGIN_LIMIT_PER_MINUTE: '0',
  LOGIN_LIMIT_PER_ACCOUNT: '0',
  LOGIN_DELAY_MAX_SECONDS: '0',
};

const nothing = (): Promise<void> => Promise.resolve();

const SETUPS: Readonly<Record<Mode, (folder: string, usersPort: number) => Promise<Setup>>> = {
  none: () =>
    Promise.resolve({
      users: { AUTH_MODE: 'none' },
      notification: { AUTH_MODE: 'none' },
      tokens: () => Promise.resolve({ users: 'none', notification: 'none' }),
      stop: nothing,
    }),

  local(folder, usersPort) {
    const key = join(folder, 'signing.pem');
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return Promise.resolve({
      users: { AUTH_MODE: 'local', AUTH_SIGNING_KEY_FILE: key, AUTH_CLIENTS: JSON.stringify(CLIENTS) },
      notification: {
        AUTH_MODE: 'jwt',
        AUTH_ISSUER: 'usermgmt',
        AUTH_JWKS_URL: `http://127.0.0.1:${usersPort}/usermgmt/.well-known/jwks.json`,
        RATE_LIMIT_PER_MINUTE: '0',
      },
      async tokens(usersUrl) {
        const { token } = await logIn(usersUrl, 'root', PASSWORD, 'page');
        return { users: token, notification: token };
      },
      stop: nothing,
    });
  },

  async jwt(folder) {
    const issuer = await startIssuer();
    const environment = {
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      RATE_LIMIT_PER_MINUTE: '0',
    };
    const options = { claims: { authorities: ['ROLE_ADMIN'] }, lifetime: 3_600 };
    // As Kubernetes projects it into the pod.
    const tokenFile = join(folder, 'notification-token');
    const forNotification = await issuer.token('user-management', 'notification', options);
    writeFileSync(tokenFile, forNotification);
    return {
      users: { ...environment, NOTIFICATION_TOKEN_FILE: tokenFile },
      notification: environment,
      tokens: async () => ({
        users: await issuer.token('root', 'usermgmt', options),
        notification: forNotification,
      }),
      stop: () => issuer.stop(),
    };
  },
};

async function expectDone(
  entry: 'migrate' | 'admin',
  words: readonly string[],
  environment: Environment,
  input?: string,
): Promise<void> {
  const { code, output } = await runCommand(entry, words, environment, input);
  if (code !== 0) throw new Error(`${entry} ended with ${code}: ${output}`);
}
