import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { describeOnFailure } from './failure-report.ts';
import { freePort } from './free-port.ts';
import type { Part, System } from './system.ts';

const run = promisify(execFile);
const COMPOSE_FILE = new URL('../../../docker-compose.yml', import.meta.url).pathname;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** The product as `docker compose up --build --wait` starts it, under a project and on ports of its own. */
export interface ComposeSystem extends System {
  project: string;
  /** Runs `docker compose <words>` on it. @returns its standard output */
  compose(...words: string[]): Promise<string>;
}

/**
 * Builds the images and starts everything; throws with compose's own words if something does not come up.
 *
 * @param profile what `--profile` says; not given: what people get who say nothing
 */
export async function startCompose(profile?: 'secure'): Promise<ComposeSystem> {
  const [users, notification] = ['user-management', 'notification'].map((name) =>
    profile === undefined ? name : `${profile}-${name}`,
  ) as [string, string];
  const nameOf = (part: Part): string =>
    part === 'user-management' ? users : part === 'notification' ? notification : part;
  const project = `usermgmt-test-${randomBytes(4).toString('hex')}`;
  const ports = {
    USER_MANAGEMENT_PORT: String(await freePort()),
    NOTIFICATION_PORT: String(await freePort()),
    MAILBOX_PORT: String(await freePort()),
    LOCAL_XRAY_PORT: String(await freePort()),
  };
  const environment = { ...process.env, ...ports, GIT_REVISION: 'test-revision' };
  const base = ['compose', '-p', project, '-f', COMPOSE_FILE];
  if (profile !== undefined) base.push('--profile', profile);
  const compose = async (...words: string[]): Promise<string> => {
    const args = [...base, ...words];
    return (await run('docker', args, { env: environment, maxBuffer: OUTPUT_BYTES })).stdout;
  };
  const state = async (): Promise<string> =>
    `${await compose('ps', '--all')}\n${await compose('logs', '--no-color', '--tail', '20')}`;
  const forget = describeOnFailure(`docker compose ${project}`, state);
  const stop = async (): Promise<void> => {
    forget();
    await compose('down', '-v', '--timeout', '5');
  };
  try {
    await compose('up', '--build', '--wait', '--quiet-pull');
  } catch (error) {
    const seen = await state().catch(String);
    await stop().catch(() => undefined);
    throw new Error(`docker compose up failed\n${seen}`, { cause: error });
  }
  return {
    project,
    compose,
    stop,
    users: `http://127.0.0.1:${ports.USER_MANAGEMENT_PORT}/usermgmt`,
    notification: `http://127.0.0.1:${ports.NOTIFICATION_PORT}/notification`,
    mailbox: `http://127.0.0.1:${ports.MAILBOX_PORT}`,
    parts: ['user-management', 'notification', 'mysql'],
    async kill(part) {
      await compose('kill', '--signal', 'SIGKILL', nameOf(part));
    },
    async start(part) {
      await compose('start', nameOf(part));
    },
    async command(entry, words, input) {
      const child = run('docker', [...base, 'exec', '-T', users, 'node', `dist/${entry}.js`, ...words], {
        env: environment,
      });
      child.child.stdin?.end(input ?? '');
      const { stdout, stderr } = await child;
      return stdout + stderr;
    },
    logs: () => compose('logs', '--no-log-prefix', users, notification),
  };
}
