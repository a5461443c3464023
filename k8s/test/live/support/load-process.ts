/**
 * Steady load from a process of its own, so that nothing else delays it:
 * node load-process.ts <url of user-management> <requests a second> [<address to connect to, whatever the URL's host>].
 * A request is sent when its time has come, whatever became of those before. A message of the parent's begins a new
 * phase of that name; `stop` ends the load, and the result comes back as a message.
 */
import http, { type ClientRequest, type RequestOptions } from 'node:http';
import https from 'node:https';
import { newUser } from '@usermgmt/testing/users';
import { lookupOf } from './lookup.ts';

/** What one phase saw. */
export interface Phase {
  name: string;
  requests: number;
  /** `POST user: ECONNRESET`: how often. Empty if all was well. */
  failures: Record<string, number>;
  /** Which versions have answered, and how often: `users V1`, `notification V2`. */
  versions: Record<string, number>;
  slowestMs: number;
}

/** All that a load came to. */
export interface LoadResult {
  phases: Phase[];
  /** The addresses of the users whose creation was acknowledged. */
  emails: string[];
}

const TIMEOUT_MS = 10_000;
/** A quarter writes; each kind with new and with kept connections. */
const TURNS: readonly (readonly [path: string, isKept: boolean])[] = [
  ['hello-bean', true],
  ['user', false],
  ['notification-xray', true],
  ['user/{known}', false],
  ['user', true],
  ['hello-bean', false],
  ['user/{known}', true],
  ['notification-xray', false],
];

const [base = '', rate = '', address] = process.argv.slice(2);
const client = base.startsWith('https:') ? https : http;
const kept = new client.Agent({ keepAlive: true });
const request = (path: string, options: RequestOptions): ClientRequest =>
  client.request(`${base}/${path}`, {
    ...options,
    ...(address !== undefined && { lookup: lookupOf(address) }),
  });
const result: LoadResult = { phases: [], emails: [] };
let sent = 0;
let inFlight = 0;
let known = '';

const begin = (name: string): void => {
  result.phases.push({ name, requests: 0, failures: {}, versions: {}, slowestMs: 0 });
};
const count = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

function sendNext(): void {
  const phase = result.phases.at(-1)!;
  const [turn, isKept] = TURNS[sent % TURNS.length]!;
  sent += 1;
  const user = turn === 'user' ? newUser() : undefined;
  const begun = performance.now();
  phase.requests += 1;
  inFlight += 1;
  const end = (failure?: string): void => {
    inFlight -= 1;
    phase.slowestMs = Math.max(phase.slowestMs, Math.round(performance.now() - begun));
    if (failure !== undefined) {
      count(phase.failures, `${turn} on a ${isKept ? 'kept' : 'new'} connection: ${failure}`);
    } else if (user) {
      result.emails.push(user.email);
      known = user.username;
    }
  };
  let isAnswered = false;
  const outgoing = request(turn.replace('{known}', known), {
    method: user ? 'POST' : 'GET',
    agent: isKept ? kept : false,
    timeout: TIMEOUT_MS,
    headers: user ? { 'content-type': 'application/json' } : {},
  });
  outgoing.on('response', (incoming) => {
    isAnswered = true;
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('error', () => undefined);
    incoming.on('close', () => {
      const version = /"appversion":"(\w+)"/.exec(text)?.[1];
      if (version)
        count(phase.versions, `${turn === 'notification-xray' ? 'notification' : 'users'} ${version}`);
      const { statusCode } = incoming;
      if (!incoming.complete) end('answer cut off');
      else end(statusCode === (user ? 201 : 200) ? undefined : `${statusCode} ${codeIn(text)}`);
    });
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    // Once the answer has begun, its own end is what counts.
    if (!isAnswered) end(error.code ?? error.message);
  });
  outgoing.end(user && JSON.stringify(user));
}

const codeIn = (text: string): string => /"code":"(\w+)"/.exec(text)?.[1] ?? '';

function stop(): void {
  clearInterval(timer);
  const waiting = setInterval(() => {
    if (inFlight > 0) return;
    clearInterval(waiting);
    process.send?.(result, () => process.exit(0));
  }, 20);
}

// Somebody who is there to be read.
const first = newUser();
await new Promise((resolve, reject) => {
  request('adminuser', { method: 'POST', headers: { 'content-type': 'application/json' } })
    .on('response', (incoming) => incoming.resume().on('close', resolve))
    .on('error', reject)
    .end(JSON.stringify(first));
});
known = first.username;
begin('start');
const timer = setInterval(sendNext, 1_000 / Number(rate));
process.on('message', (name: string) => {
  if (name === 'stop') stop();
  else begin(name);
});
process.on('disconnect', () => process.exit(1));
