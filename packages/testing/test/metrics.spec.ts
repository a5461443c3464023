import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTraced, type TracedSystem } from '../src/traced-system.ts';
import { newUser } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

describe('metrics', () => {
  let system: TracedSystem;
  beforeAll(async () => {
    system = await startTraced();
  });
  afterAll(async () => {
    await system.stop();
  });

  const scrape = async (url = system.metrics[0]!): Promise<string> => (await fetch(url)).text();
  /** The sum of all series of a metric that have all of these labels. */
  const sum = (text: string, name: string, ...labels: string[]): number =>
    text
      .split('\n')
      .filter(
        (line) => new RegExp(`^${name}(\\{| )`).test(line) && labels.every((label) => line.includes(label)),
      )
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);

  it('have a port of their own, and nothing else is on it', async () => {
    for (const [index, url] of system.metrics.entries()) {
      const answer = await fetch(url);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      const { port } = new URL(url);
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
      expect((await fetch(url, { method: 'POST' })).status).toBe(404);
      const service = [system.users.url, system.notification.url][index]!;
      expect((await fetch(`${service}/metrics`)).status).toBe(404);
      expect((await fetch(`${new URL(service).origin}/metrics`)).status).toBe(404);
    }
  });

  it('are served with a query, with a slash at the end, and to HEAD', async () => {
    for (const url of system.metrics) {
      for (const spelling of [`${url}?x=y`, `${url}/`, `${url}/?x=y`]) {
        const answer = await fetch(spelling);
        expect([spelling, answer.status]).toEqual([spelling, 200]);
        expect(await answer.text()).toContain('process_cpu_seconds_total');
        const head = await fetch(spelling, { method: 'HEAD' });
        expect([spelling, head.status, await head.text()]).toEqual([spelling, 200, '']);
        expect(head.headers.get('content-type')).toBe(answer.headers.get('content-type'));
      }
      expect((await fetch(`${url}x`)).status).toBe(404);
    }
  });

  it('are what the dashboards and alerts ask for', async () => {
    const [users, notification] = await Promise.all(system.metrics.map(scrape));
    for (const text of [users!, notification!]) {
      for (const name of [
        'process_cpu_seconds_total',
        'nodejs_eventloop_lag_p99_seconds',
        'http_requests_in_flight',
        'build_info',
      ]) {
        expect(text).toMatch(new RegExp(`^${name}`, 'm'));
      }
    }
    for (const name of [
      'outbox_messages',
      'outbox_oldest_pending_seconds',
      'outbox_attempts_total',
      'password_hashing',
    ]) {
      expect(users).toMatch(new RegExp(`^${name}`, 'm'));
    }
  });

  it('forget no request whose client went away, and neither do traces and logs', async () => {
    system.receiver.clear();
    const clients = Array.from({ length: 40 }, () => {
      const client = httpRequest(`${system.users.url}/user`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        agent: false,
      });
      client.on('error', () => undefined);
      client.end(JSON.stringify(newUser()));
      return client;
    });
    // All have arrived and wait for their passwords to be hashed; few can have been answered.
    await waitFor('the requests', async () => sum(await scrape(), 'http_requests_in_flight') >= 20, 5_000, 5);
    for (const client of clients) client.destroy();
    const text = await waitFor('their end', async () => {
      const now = await scrape();
      return sum(now, 'http_requests_in_flight') === 0 && now;
    });
    const gone = sum(text, 'http_requests_abandoned_total', 'method="POST"', 'route="/usermgmt/user"');
    expect(gone).toBeGreaterThanOrEqual(10);
    const lines = await waitFor('the log lines', () => {
      const found = system.users.process.output
        .split('\n')
        .filter((line) => line.includes('"msg":"request abandoned by the client"'));
      return Promise.resolve(found.length >= gone && found);
    });
    expect(lines).toHaveLength(gone);
    expect(lines[0]).toMatch(/"traceId":"1-.*"requestId":"/);
    const segments = await waitFor('the segments', () => {
      const found = system.receiver
        .documents()
        .map((document) => document as { name: string; in_progress?: boolean; http?: { response?: object } })
        .filter(({ name }) => name === 'usermanagement-microservice');
      return Promise.resolve(found.length >= 40 && found);
    });
    expect(segments.filter(({ http }) => http && !http.response)).toHaveLength(gone);
    expect(segments.some(({ in_progress }) => in_progress)).toBe(false);
  });
});
