import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../src/free-port.ts';
import { mailsIn } from '../src/mailbox.ts';
import { newUser, send } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const COPIED = [
  'package.json',
  'packages/dev',
  'packages/local-mailbox',
  'packages/local-xray',
  'packages/service-kit',
  'services',
];

/** What `npm start` does once all is built. */
const RUN = `
import { pathToFileURL } from 'node:url';
const lib = (name) => import(pathToFileURL(process.cwd() + '/packages/dev/lib/' + name + '.mjs'));
const [{ takeOverSignals }, { takeLock }, { portsFrom }, { runLocal }] =
  await Promise.all(['interruption', 'lock', 'ports', 'run-local'].map(lib));
const signal = takeOverSignals();
takeLock('npm start');
await runLocal(portsFrom(process.env), process.execPath, signal, performance.now()).catch((error) => {
  if (error.name === 'Interrupted') return;
  process.stderr.write(error.message + '\\n');
  process.exitCode = 1;
});`;

/** Sends mails, traces or requests elsewhere, or breaks the start, where it reaches a service. */
const HOSTILE = {
  NOTIFICATION_TOKEN_FILE: '/nowhere/token',
  NOTIFICATION_SERVICE_HOST: 'nowhere.invalid',
  NODE_USE_ENV_PROXY: '1',
  HTTP_PROXY: 'http://127.0.0.1:1',
  http_proxy: 'http://127.0.0.1:1',
  NODE_OPTIONS: '--no-such-option-of-the-services',
  AWS_PROFILE: 'nobody',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_MAIL_SERVER_HOST: 'nowhere.invalid',
  SES_MAX_SEND_RATE: 'x',
  DB_HOSTNAME: 'nowhere.invalid',
  AUTH_MODE: 'local',
  SIGN_UP: 'closed',
  TRUSTED_PROXIES: 'x',
};

/** The modes of a file or folder and all that it holds, that are not their owner's only. */
function open(path: string): string[] {
  const stats = statSync(path);
  const inner = stats.isDirectory() ? readdirSync(path).flatMap((name) => open(join(path, name))) : [];
  return [...((stats.mode & 0o077) === 0 ? [] : [path]), ...inner];
}

describe('npm start', () => {
  let folder: string;
  let child: ChildProcess;
  let output = '';
  let users: string;
  let mailbox: string;

  beforeAll(async () => {
    // A name with what breaks careless URLs and shells.
    folder = mkdtempSync(join(tmpdir(), 'usermgmt start % # ä-'));
    for (const path of COPIED) {
      const filter = (from: string): boolean => !['node_modules', 'test', '.turbo'].includes(basename(from));
      cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter });
    }
    for (const path of ['', 'services/notification', 'services/user-management', 'packages/service-kit']) {
      const modules = join(ROOT, path, 'node_modules');
      if (existsSync(modules)) symlinkSync(modules, join(folder, path, 'node_modules'));
    }
    mkdirSync(join(folder, '.data/logs'), { recursive: true });
    writeFileSync(join(folder, '.data/logs/earlier.log'), '');
    for (const path of ['.data', '.data/logs', '.data/logs/earlier.log'])
      chmodSync(join(folder, path), 0o777);
    const variables = [
      'MAILBOX',
      'NOTIFICATION',
      'USER_MANAGEMENT',
      'LOCAL_XRAY',
      'XRAY_DAEMON',
      'NOTIFICATION_METRICS',
      'USER_MANAGEMENT_METRICS',
    ];
    const ports = await Promise.all(
      variables.map(async (name) => [`${name}_PORT`, String(await freePort())] as const),
    );
    const { NODE_OPTIONS, ...hostile } = HOSTILE;
    const code = `process.env.NODE_OPTIONS = ${JSON.stringify(NODE_OPTIONS)};${RUN}`;
    child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...hostile, APP_VERSION: 'V9', ...Object.fromEntries(ports) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const portOf = new Map(ports);
    users = `http://127.0.0.1:${portOf.get('USER_MANAGEMENT_PORT')}/usermgmt`;
    mailbox = `http://127.0.0.1:${portOf.get('MAILBOX_PORT')}`;
    await waitFor('all to be up', () => {
      return Promise.resolve(output.includes('All is up') || child.exitCode !== null);
    });
    expect(output).toContain('All is up');
  }, 60_000);
  afterAll(async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    rmSync(folder, { recursive: true });
  }, 60_000);

  const isShown = (text: string): Promise<true> =>
    waitFor(text, () => Promise.resolve(output.includes(text)));
  /** The process that runs a program of this folder. */
  function pidOf(script: string): number {
    const lines = execFileSync('ps', ['-ww', '-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
    const line = lines.find((each) => each.includes(` ${child.pid} `) && each.endsWith(script));
    return Number(line?.trim().split(/\s+/)[0]);
  }
  const signUp = async (): Promise<string> => {
    const user = newUser();
    expect((await send('POST', `${users}/user`, user)).status).toBe(201);
    return user.email;
  };
  const arrives = (email: string): Promise<true> =>
    waitFor(`the mail to ${email}`, async () =>
      (await mailsIn(mailbox)).some(({ to }) => to.includes(email)),
    );

  it('delivers mails, whatever the shell exports', async () => {
    await arrives(await signUp());
    expect(await (await fetch(`${users}/hello`)).text()).toBe('Hello World - V9');
  });

  it('keeps its data readable by their owner only, those of earlier starts too', () => {
    expect(readdirSync(join(folder, '.data'))).toEqual(expect.arrayContaining(['logs', 'usermgmt.sqlite']));
    expect(open(join(folder, '.data'))).toEqual([]);
  });

  it('says that the mailbox has ended, goes on, and starts it again', async () => {
    process.kill(pidOf('packages/local-mailbox/main.mjs'), 'SIGKILL');
    await isShown('mailbox ended by SIGKILL; it is started again');
    const email = await signUp();
    await isShown('mailbox is ready again');
    await arrives(email);
  });

  it('says that a service has ended, goes on, and starts it again', async () => {
    process.kill(pidOf('services/user-management/dist/main.js'), 'SIGKILL');
    await isShown('user-management ended by SIGKILL; it is started again');
    await isShown('user-management is ready again');
    await arrives(await signUp());
    const log = readFileSync(join(folder, '.data/logs/user-management.log'), 'utf8');
    expect(log.match(/user-management listens on/g)).toHaveLength(2);
  });

  it('leaves a local part down that ends again and again, and goes on without it', async () => {
    for (let time = 1; time <= 4; time += 1) {
      process.kill(pidOf('packages/local-xray/src/main.ts'), 'SIGKILL');
      const times = (): number => output.split('local-xray ended by SIGKILL').length - 1;
      await waitFor('the word about it', () => Promise.resolve(times() === time));
      if (time < 4)
        await waitFor('the new process', () =>
          Promise.resolve(!Number.isNaN(pidOf('packages/local-xray/src/main.ts'))),
        );
    }
    await isShown(
      'for the 4th time within a minute, and stays down: the services go on, and traces are lost',
    );
    await arrives(await signUp());
  });

  it('stops everything in order', async () => {
    child.kill('SIGINT');
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(output).toMatch(/user-management stopped[^]+notification stopped[^]+mailbox stopped/);
  });
});
