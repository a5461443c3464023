import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { waitFor } from './wait.ts';

const ROOT = new URL('../../../', import.meta.url);
const HOST = '127.0.0.1';
/** Programs start in two thirds of the time when Node need not compile them again. */
const COMPILED = join(tmpdir(), 'usermgmt-test-compiled');

/** A program of the product that a test started. */
export class RunningProcess {
  /** All that it wrote, both streams. */
  output = '';
  readonly name: string;
  private readonly child: ChildProcess;

  constructor(
    name: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    input?: string,
  ) {
    this.name = name;
    // Only what is given, and what a program needs to run: no variable of the tester's changes a result.
    const env = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: COMPILED, ...environment };
    this.child = spawn(process.execPath, args, {
      env,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.end(input);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits for its end. @returns the exit code, or the signal that ended it */
  async ended(): Promise<number | NodeJS.Signals> {
    if (!this.hasEnded) await once(this.child, 'close');
    return this.child.exitCode ?? this.child.signalCode ?? -1;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends the signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    if (!this.hasEnded) this.signal(signal);
    return this.ended();
  }
}

/** Runs one of user-management's commands to its end. */
export async function runCommand(
  entry: 'migrate' | 'outbox' | 'admin' | 'audit' | 'auth' | 'main',
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  input?: string,
): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const file = new URL(`services/user-management/dist/${entry}.js`, ROOT).pathname;
  const command = new RunningProcess(entry, [file, ...words], environment, input);
  return { code: await command.ended(), output: command.output };
}

/** A process that answers HTTP, and where. */
export interface HttpProcess {
  process: RunningProcess;
  port: number;
  url: string;
}

/** Starts user-management on a free port (or the one given as PORT) and waits until it answers. */
export async function startUserManagement(
  environment: Readonly<Record<string, string>>,
): Promise<HttpProcess> {
  return start('user-management', '/usermgmt', '/health/live', environment);
}

/** Starts notification on a free port (or the one given as PORT) and waits until it answers. */
export async function startNotification(environment: Readonly<Record<string, string>>): Promise<HttpProcess> {
  return start('notification', '/notification', '/health/live', {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...environment,
  });
}

async function start(
  name: string,
  contextPath: string,
  health: string,
  environment: Readonly<Record<string, string>>,
): Promise<HttpProcess> {
  const port = Number(environment.PORT ?? (await freePort()));
  const file = new URL(`services/${name}/dist/main.js`, ROOT).pathname;
  // Several of a kind may run at once, so metrics are served only where a test asks for them.
  const defaults = { HOST, METRICS_PORT: '0' };
  const running = new RunningProcess(name, [file], { ...defaults, ...environment, PORT: String(port) });
  const url = `http://${HOST}:${port}${contextPath}`;
  await answers(running, `${url}${health}`);
  return { process: running, port, url };
}

/** Starts the local mailbox; what it has taken is read with mailsIn. */
export async function startMailbox(): Promise<HttpProcess> {
  const port = await freePort();
  const file = new URL('packages/local-mailbox/main.mjs', ROOT).pathname;
  const running = new RunningProcess('mailbox', [file], { HOST, PORT: String(port) });
  const url = `http://${HOST}:${port}`;
  await answers(running, `${url}/health-check`);
  return { process: running, port, url };
}

async function answers(running: RunningProcess, url: string): Promise<void> {
  try {
    await waitFor(
      'an answer',
      async () => running.hasEnded || (await fetch(url)).ok,
      // Shorter than the time of a hook, so that it is this error that is seen.
      25_000,
    );
  } catch (cause) {
    throw new Error(`${running.name} does not answer at ${url}:\n${running.output}`, { cause });
  }
  if (running.hasEnded) throw new Error(`${running.name} ended:\n${running.output}`);
}
