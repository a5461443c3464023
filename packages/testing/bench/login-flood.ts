/**
 * What reads keep of their throughput while more people try to log in than
 * passwords can be hashed.
 *
 *   npm run bench:login-flood [-- LOGINS_A_SECOND]
 *
 * The service runs on a core of its own where there is `taskset`, everything
 * else on the others, and so as production runs it, but for: no limit by
 * address for the reads, which all come from here, and no access lines.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { logIn } from '../src/login.ts';
import { runCommand, startUserManagement } from '../src/process.ts';
import { newUser } from '../src/users.ts';
import { pinServer, shareCores } from './price/cores.ts';
import { spread } from './price/statistics.ts';

const RATE = Number(process.argv[2] ?? 200);
const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 32;
/** A page of them is read: work for the service, and little for who reads. */
const USERS = 100;
const PASSWORD = 'Pass@123';

/** Requests beside the reads, at a fixed rate, however long their answers take. */
interface Flood {
  name: string;
  path: string;
  /** The n-th request. */
  make: (n: number) => { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string };
}

const login = (n: number, address: string): ReturnType<Flood['make']> => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': address },
  body: new URLSearchParams({
    grant_type: 'password',
    client_id: 'service-account-1',
    username: `user${n}`,
    password: 'Wrong@123',
  }).toString(),
});

const FLOODS: readonly Flood[] = [
  { name: `${RATE} hellos a second`, path: '/usermgmt/hello', make: () => ({ method: 'GET' }) },
  {
    name: `${RATE} logins a second, each from another address`,
    path: '/usermgmt/oauth/token',
    make: (n) => login(n, `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`),
  },
  {
    name: `${RATE} logins a second from one address`,
    path: '/usermgmt/oauth/token',
    make: (n) => login(n, '192.0.2.1'),
  },
];

interface Measured {
  readsPerSecond: number;
  p99: number;
  /** 0 to 1: what this process, which reads and floods, has used of its core. */
  load: number;
  /** How many of the flood's requests had which status. */
  statuses: Map<number, number>;
}

const folder = mkdtempSync(join(tmpdir(), 'usermgmt-bench-'));
const key = join(folder, 'signing.pem');
writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const database = { SQLITE_FILE: join(folder, 'bench.sqlite') };
await runCommand('migrate', [], database);
await runCommand('admin', ['create', 'admin1', '--email', 'admin1@example.com'], database, PASSWORD);
const service = await startUserManagement({
  ...database,
  AUTH_MODE: 'local',
  AUTH_SIGNING_KEY_FILE: key,
  AUDIT_KEY: 'the-key-of-the-benchmark',
  AUDIT_FILE: join(folder, 'audit.log'),
  TRUSTED_PROXIES: 'loopback',
  RATE_LIMIT_PER_MINUTE: '0',
  ACCESS_LOG_SAMPLE_RATE: '0',
});
const origin = new URL(service.url).origin;
const pool = new Pool(origin, { connections: 1_000, pipelining: 1 });
let sent = 0;

try {
  const cores = await shareCores();
  await pinServer(cores, service.process.pid);
  console.log(`${cores.description} Node ${process.version}.`);
  const { token } = await logIn(service.url, 'admin1', PASSWORD);
  for (let n = 0; n < USERS; n += 1) await create(token);
  const read = (seconds: number): Promise<autocannon.Result> =>
    autocannon({
      url: `${service.url}/users?limit=${USERS}`,
      connections: CONNECTIONS,
      duration: seconds,
      headers: { authorization: `Bearer ${token}` },
    });
  await read(3);
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const flood of [undefined, ...FLOODS]) {
      const name = flood?.name ?? 'nothing';
      results.set(name, [...(results.get(name) ?? []), await measure(read, flood)]);
      // What the flood left waiting is done, and no connection is busy.
      await sleep(1_000);
    }
  }
  report(results);
} finally {
  await pool.close();
  await service.process.stop();
  rmSync(folder, { recursive: true });
}

async function measure(
  read: (seconds: number) => Promise<autocannon.Result>,
  flood: Flood | undefined,
): Promise<Measured> {
  const statuses = new Map<number, number>();
  let isOver = false;
  const flooding = flood && pour(flood, statuses, () => isOver);
  // The flood is at its height before reads are counted.
  if (flood) await sleep(1_000);
  const begun = process.cpuUsage();
  const { requests, latency, non2xx, errors } = await read(SECONDS);
  const { user, system } = process.cpuUsage(begun);
  isOver = true;
  await flooding;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} reads failed`);
  const load = (user + system) / 1_000_000 / SECONDS;
  return { readsPerSecond: requests.total / SECONDS, p99: latency.p99, load, statuses };
}

async function pour(flood: Flood, statuses: Map<number, number>, isOver: () => boolean): Promise<void> {
  const open: Promise<void>[] = [];
  const one = async (): Promise<void> => {
    sent += 1;
    const { statusCode, body } = await pool.request({ path: flood.path, ...flood.make(sent) });
    await body.dump();
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  };
  const begun = performance.now();
  while (!isOver()) {
    while (open.length < ((performance.now() - begun) / 1_000) * RATE) open.push(one());
    await sleep(2);
  }
  await Promise.all(open);
}

async function create(token: string): Promise<void> {
  const { status } = await fetch(`${service.url}/adminuser`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(newUser()),
  });
  if (status !== 201) throw new Error(`a user was refused: ${status}`);
}

function report(results: ReadonlyMap<string, Measured[]>): void {
  const alone = spread((results.get('nothing') ?? []).map(({ readsPerSecond }) => readsPerSecond)).median;
  console.log(
    'beside the reads'.padEnd(52),
    'reads/s (min–max)'.padEnd(24),
    'kept   p99 ms   load   answers a second',
  );
  for (const [name, rounds] of results) {
    const { median, min, max } = spread(rounds.map(({ readsPerSecond }) => readsPerSecond));
    const p99 = spread(rounds.map((round) => round.p99)).median;
    const load = spread(rounds.map((round) => round.load)).median;
    const seconds = rounds.length * (SECONDS + 1);
    const counts = new Map<number, number>();
    for (const { statuses } of rounds) {
      for (const [status, count] of statuses) counts.set(status, (counts.get(status) ?? 0) + count);
    }
    const answers = [...counts]
      .map(([status, count]) => `${status}: ${(count / seconds).toFixed(1)}`)
      .join(', ');
    const rate = `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`;
    console.log(
      name.padEnd(52),
      rate.padEnd(24),
      (median / alone).toFixed(2).padEnd(6),
      String(p99).padEnd(8),
      load.toFixed(2).padEnd(6),
      answers,
    );
  }
}
