import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { newUser } from '../../src/users.ts';
import type { Length, Phase } from './plan.ts';
import type { Server } from './server.ts';
import { quantile } from './statistics.ts';

/** What a load was answered. */
export interface Answers {
  /** With a status below 400. */
  count: number;
  /** Others, and requests without an answer. */
  failures: number;
  /** From the first request to the last answer. */
  seconds: number;
  /** Milliseconds from a request to its answer. */
  p50: number;
  p99: number;
}

type Requests = Pick<Phase, 'paths' | 'body' | 'connections'>;
type Target = Pick<Server, 'origin' | 'headers'>;

/** As much load as the connections can make: autocannon. */
export async function fullLoad(
  { origin, headers }: Target,
  what: Requests,
  length: Length,
): Promise<Answers> {
  const { paths, body, connections } = what;
  const requests = paths.map((path) => ({
    path,
    headers,
    ...(body && {
      method: 'POST' as const,
      headers: { ...headers, 'content-type': 'application/json' },
      setupRequest: (request: autocannon.Request) => ({ ...request, body: newBody(body) }),
    }),
  }));
  const times: number[] = [];
  let refused = 0;
  const begun = performance.now();
  let ended = begun;
  const { errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const until = 'amount' in length ? length : { duration: length.seconds };
    const atOnce = 'amount' in length ? Math.min(connections, length.amount) : connections;
    const options = { url: origin, connections: atOnce, ...until, sampleInt: 20, requests };
    const load = autocannon(options, (error: Error | null, result) => {
      if (error) reject(error);
      else resolve(result);
    });
    // Its own histogram knows whole milliseconds only.
    load.on('response', (_client, status, _size, milliseconds) => {
      ended = performance.now();
      if (status < 400) times.push(milliseconds);
      else refused += 1;
    });
  });
  return answers(times, refused + errors, ended - begun);
}

/**
 * Reads at a fixed rate, however long the answers take. A request's time
 * begins when it is due, so that a server that falls behind shows it.
 * autocannon can't do this: its rate is a budget for each second, which it
 * spends at once.
 *
 * @param rate requests a second
 */
export async function ratedLoad(
  { origin, headers }: Target,
  { paths, connections }: Requests,
  rate: number,
  seconds: number,
): Promise<Answers> {
  const pool = new Pool(origin, { connections });
  const times: number[] = [];
  let failures = 0;
  const ask = async (n: number): Promise<void> => {
    const due = performance.now();
    try {
      const { statusCode, body } = await pool.request({
        path: paths[n % paths.length] ?? '/',
        method: 'GET',
        headers,
      });
      await body.dump({ limit: Infinity });
      if (statusCode < 400) times.push(performance.now() - due);
      else failures += 1;
    } catch {
      failures += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, n) => ask(n)));
  times.length = 0;
  const open: Promise<void>[] = [];
  const begun = performance.now();
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - begun) / 1_000) {
    while (open.length < elapsed * rate) open.push(ask(open.length));
    await sleep(1);
  }
  await Promise.all(open);
  const taken = performance.now() - begun;
  await pool.close();
  return answers(times, failures, taken);
}

function answers(times: readonly number[], failures: number, milliseconds: number): Answers {
  return {
    count: times.length,
    failures,
    seconds: milliseconds / 1_000,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}

function newBody(kind: 'user' | 'mail'): string {
  if (kind === 'user') return JSON.stringify(newUser());
  return JSON.stringify({ subject: 'Account', content: 'Hello', toEmails: ['somebody@example.com'] });
}
