/**
 * GET /usermgmt/users with 1,000,000 users: how much memory it takes, and what
 * other requests feel of it.
 *
 *   npm run bench:stream            on the embedded SQLite
 *   npm run bench:stream -- mysql   on MySQL, with Docker
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { ROOT_PASSWORD, startMysql } from '../src/mysql.ts';
import { runCommand, startUserManagement } from '../src/process.ts';

const USERS = Number(process.env.USERS ?? 1_000_000);
const ROWS = 5_000;

const columns = '(username_key, username, password, email_key, email, firstname, lastname, role, enabled)';
function rows(from: number): unknown[][] {
  return Array.from({ length: Math.min(ROWS, USERS - from) }, (_, index) => {
    const name = `user${String(from + index).padStart(8, '0')}`;
    return [
      name,
      name,
      'x'.repeat(97),
      `${name}@example.com`,
      `${name}@example.com`,
      'First',
      'Last',
      'ROLE_USER',
      1,
    ];
  });
}

async function fillMysql(port: number): Promise<void> {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    password: ROOT_PASSWORD,
    database: 'usermgmt',
  });
  for (let from = 0; from < USERS; from += ROWS)
    await connection.query(`INSERT INTO users ${columns} VALUES ?`, [rows(from)]);
  await connection.end();
}

function fillSqlite(file: string): void {
  interface Sqlite {
    exec(sql: string): void;
    prepare(sql: string): { run(...values: unknown[]): void };
    close(): void;
  }
  const require = createRequire(new URL('../../../services/user-management/package.json', import.meta.url));
  const database = new (require('libsql') as new (file: string) => Sqlite)(file);
  const insert = database.prepare(`INSERT INTO users ${columns} VALUES (${'?,'.repeat(8)}?)`);
  database.exec('BEGIN');
  for (let from = 0; from < USERS; from += ROWS) for (const row of rows(from)) insert.run(...row);
  database.exec('COMMIT');
  database.close();
}

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const quantile = (values: number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;

async function probe(url: string, until: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!until()) {
    const begun = performance.now();
    await (await fetch(url)).text();
    times.push(performance.now() - begun);
    await sleep(5);
  }
  return times;
}

const onMysql = process.argv.includes('mysql');
const folder = mkdtempSync(join(tmpdir(), 'usermgmt-bench-'));
const server = onMysql ? await startMysql() : undefined;
try {
  const file = join(folder, 'bench.sqlite');
  const environment: Record<string, string> = server
    ? {
        DB_HOSTNAME: '127.0.0.1',
        DB_PORT: String(server.port),
        DB_USERNAME: 'root',
        DB_PASSWORD: ROOT_PASSWORD,
      }
    : { SQLITE_FILE: file };
  const migrated = await runCommand('migrate', [], environment);
  if (migrated.code !== 0) throw new Error(migrated.output);
  if (server) await fillMysql(server.port);
  else fillSqlite(file);

  const service = await startUserManagement(environment);
  const one = `${service.url}/user/user00000001`;
  // Warm: the first list makes V8 compile what the measured one runs.
  await (await fetch(`${service.url}/users?limit=1000`)).text();
  const quiet: { done: boolean } = { done: false };
  setTimeout(() => (quiet.done = true), 5_000);
  const alone = await probe(one, () => quiet.done);
  const before = residentMiB(service.process.pid);
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, residentMiB(service.process.pid))), 20);
  let done = false;
  const begun = performance.now();
  const listed = (async () => {
    let bytes = 0;
    let users = 0;
    const response = await fetch(`${service.url}/users`);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 0x7b) users += 1;
    }
    done = true;
    return { bytes, users };
  })();
  const meanwhile = await probe(one, () => done);
  const { bytes, users } = await listed;
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(sampling);
  await service.process.stop();
  const line = (name: string, value: string): void => {
    console.log(`${name.padEnd(48)} ${value}`);
  };
  line('database', onMysql ? 'MySQL' : 'SQLite');
  line('users listed', `${users} of ${USERS} (${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s)`);
  line(
    'resident memory before / at most',
    `${before.toFixed(0)} / ${most.toFixed(0)} MiB (+${(most - before).toFixed(0)})`,
  );
  for (const [name, times] of [
    ['alone', alone],
    ['during the list', meanwhile],
  ] as const) {
    line(
      `GET one user, ${name}: median / p99 / max`,
      [0.5, 0.99, 1].map((q) => `${quantile(times, q).toFixed(1)} ms`).join(' / '),
    );
  }
  if (users !== USERS) process.exitCode = 1;
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
