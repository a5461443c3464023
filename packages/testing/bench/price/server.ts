import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/free-port.ts';
import { pinned } from './cores.ts';
import { username } from './plan.ts';
import { databaseVariables } from './schemas.ts';
import { type Site, xraySink } from './site.ts';
import { entryOf, environmentOf, headersFor, type Variant } from './variants.ts';

const START_MS = 60_000;
const STOP_MS = 5_000;
const CHEAP_HASH = new URL('cheap-hash.mjs', import.meta.url).pathname;

/** A variant that runs. */
export interface Server {
  variant: Variant;
  pid: number;
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** What requests must bear to be let in. */
  headers: Record<string, string>;
  /** Milliseconds from the start of the process to its first 200. */
  startMs: number;
  /** Sets the cost of passwords to the least, or back. */
  switchHash(): void;
  /** Makes sure that it did what its name says: one that is off by mistake would look cheap. @throws Error */
  assertFeatures(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a variant on a free port and waits for its first 200.
 *
 * @param nodeArguments further arguments of Node
 * @throws Error with the end of what it wrote, if it does not start
 */
export async function startServer(
  variant: Variant,
  site: Site,
  nodeArguments: readonly string[] = [],
): Promise<Server> {
  const { name, kind } = variant;
  const stops: (() => unknown)[] = [];
  const [port, metrics] = [await freePort(), await freePort()];
  const xray = await xraySink(stops);
  const headers = await headersFor(variant, site.issuer);
  const output = join(site.folder, `${name}-${port}.log`);
  const child = spawnServer(site, output, ['--import', CHEAP_HASH, ...nodeArguments, entryOf(variant)], {
    ...environmentOf(variant, {
      issuer: site.issuer,
      metrics,
      xray: xray.port,
      notification: site.mails.port,
      mailbox: site.mailboxPort,
    }),
    ...databaseVariables(site.mysqlPort, site.schemas.get(name) ?? ''),
    PORT: String(port),
  });
  const stop = async (): Promise<void> => {
    for (const undo of stops.splice(0)) undo();
    await end(child);
  };
  const begun = performance.now();
  const origin = `http://127.0.0.1:${port}`;
  const path = kind === 'notification' ? '/notification/health/ready' : `/usermgmt/user/${username(0)}`;
  while ((await statusOf(`${origin}${path}`, headers)) !== 200) {
    if (child.exitCode !== null || performance.now() - begun > START_MS) {
      await stop();
      throw new Error(`${name} does not start:\n${readFileSync(output, 'utf8').slice(-2_000)}`);
    }
    await sleep(5);
  }
  return {
    variant,
    pid: child.pid ?? 0,
    origin,
    headers,
    startMs: performance.now() - begun,
    switchHash: () => child.kill('SIGUSR2'),
    async assertFeatures() {
      if (kind === 'floor') return;
      const seen = {
        traces: xray.count > 0,
        logs: readFileSync(output, 'utf8').includes('"msg":"request"'),
        metrics: await countsRequests(metrics),
      };
      for (const feature of ['traces', 'logs', 'metrics'] as const) {
        const wanted = variant.features.includes(feature);
        if (seen[feature] !== wanted) throw new Error(`${name}: ${feature} ${wanted ? 'missing' : 'on'}`);
      }
    },
    stop,
  };
}

function spawnServer(
  site: Site,
  output: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  const file = openSync(output, 'w');
  const [program, ...words] = pinned(site.cores, [process.execPath, ...args]);
  // Only what is given: no variable of the caller's changes a figure.
  const env = { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', ...environment };
  const child = spawn(program, words, { env, stdio: ['ignore', file, file] });
  closeSync(file);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(late);
}

/** The status of a GET on a new connection; undefined if nobody answers. */
function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { headers, agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', () => {
      resolve(undefined);
    });
    request.on('timeout', () => request.destroy());
  });
}

async function countsRequests(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    return (await response.text()).includes('http_request_duration_seconds_count');
  } catch {
    return false;
  }
}
