import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { type RunningServices, startServices } from './support/running-services.ts';
import { scan } from './support/scan.ts';
import { seriesIn } from './support/series.ts';

let services: RunningServices;

beforeAll(async () => {
  services = await startServices({ LOG_LEVEL: 'silent' });
}, 60_000);
afterAll(async () => {
  await services.stop();
}, 30_000);

describe('a scan', () => {
  /** What is asked for in turn: unknown paths everywhere, and user names that nobody has. */
  const PATHS = ['/', '/.env?x=', '/usermgmt/', '/notification/', '/usermgmt/user/', '/usermgmt/health/'];
  const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE', 'PUT'];
  const request = (index: number): string => {
    const noise = `scanned${randomBytes(6).toString('hex')}`;
    return `${METHODS[index % METHODS.length]!} ${PATHS[index % PATHS.length]!}${noise}`;
  };
  /** All series but prom-client's own, which list what a process happens to hold, such as sockets. */
  const ours = (text: string): string[] =>
    seriesIn(text)
      .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
      .filter((series) => !series.startsWith('nodejs_'))
      .sort();

  /** How many requests were measured so far, of whatever route. */
  const answered = (text: string): number =>
    [...text.matchAll(/^http_request_duration_seconds_count\{.*\} (\d+)$/gm)].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );

  it.each([
    ['user-management', 100_000],
    // The same code measures both: less is enough here.
    ['notification', 20_000],
  ] as const)(
    'of %s by %d random paths adds no series',
    async (job, count) => {
      const { port } = job === 'notification' ? services.notification : services.users;
      // Every kind of request once: these series are there for good.
      await scan(port, METHODS.length * PATHS.length, request);
      const before = await services.scrape();
      const answers = await scan(port, count, request);
      const after = await services.scrape();
      expect(answers).toEqual({ 4: count });
      expect(ours(after[job])).toEqual(ours(before[job]));
      expect(answered(after[job]) - answered(before[job])).toBe(count);
      expect(after[job]).not.toContain('scanned');
    },
    120_000,
  );
});

describe('/metrics', () => {
  const PLANTED = 'planted';
  const user = newUser({
    username: 'planted-name',
    password: 'Planted@Pass1',
    email: 'planted.address@example.com',
    firstname: 'PlantedFirst',
    lastname: 'PlantedLast',
  });
  const headers = {
    'user-agent': 'PlantedAgent',
    'x-forwarded-for': 'planted.example',
    'x-amzn-trace-id': 'Root=1-planted',
    'idempotency-key': 'planted-key',
    cookie: 'planted=1',
    authorization: 'Bearer planted',
    'content-type': 'application/json',
  };

  it('holds nothing that a client sent, whatever route it used', async () => {
    const { users, notification } = services;
    const name = user.username;
    const mail = { subject: 'Planted subject', content: 'Planted content', toEmails: [user.email] };
    const requests: [method: string, url: string, body?: unknown][] = [
      ['POST', `${users.url}/user`, user],
      ['POST', `${users.url}/user`, user],
      ['POST', `${users.url}/user`, { ...user, username: undefined, role: 'PLANTED' }],
      [
        'POST',
        `${users.url}/adminuser`,
        { ...user, username: 'planted-admin', email: 'planted@example.com' },
      ],
      ['PUT', `${users.url}/user`, { ...user, firstname: 'PlantedAnew' }],
      ['PATCH', `${users.url}/user/${name}`, { lastname: 'PlantedAnew', email: 'planted.two@example.com' }],
      ['PATCH', `${users.url}/user/${name}`, { email: 'planted but no address' }],
      ['GET', `${users.url}/user/${name}`],
      ['GET', `${users.url}/user/planted-nobody`],
      ['GET', `${users.url}/users`],
      ['GET', `${users.url}/users?limit=5&after=planted`],
      ['GET', `${users.url}/users?email=planted.two@example.com`],
      ['GET', `${users.url}/users?limit=planted`],
      ['GET', `${users.url}/status/${name}`],
      ['GET', `${users.url}/user/activate/${name}`],
      ...['health-status', 'health/status', 'hello', 'hello-bean', 'notification-health-status'].map(
        (path): [string, string] => ['GET', `${users.url}/${path}?planted=planted`],
      ),
      ...['notification-service-info', 'notification-xray', 'ns-status', 'planted/planted'].map(
        (path): [string, string] => ['GET', `${users.url}/${path}`],
      ),
      ['OPTIONS', `${users.url}/user/${name}`],
      ['DELETE', `${users.url}/user/${name}`],
      ['POST', `${notification.url}/send`, mail],
      ['POST', `${notification.url}/send`, { ...mail, content: 'Planted, another text' }],
      ['POST', `${notification.url}/send`, { ...mail, toEmails: ['planted'] }],
      ['POST', `${notification.url}/send`, { subject: 'planted' }],
      ['GET', `${notification.url}/info?planted`],
      ['GET', `${notification.url}/planted`],
    ];
    const answers: string[] = [];
    for (const [method, url, body] of requests) {
      const response = await fetch(url, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      answers.push(`${method} ${response.status} ${await response.text()}`);
    }
    // The values did get in: users were made, shown and mailed.
    expect(answers[0]).toMatch(/^POST 201 .*planted-name/);
    expect(answers.filter((answer) => /^\w+ 200 /.test(answer)).length).toBeGreaterThan(10);
    const scraped = await waitFor('the mail to be counted', async () => {
      const texts = await services.scrape();
      return (
        /^outbox_attempts_total\{outcome="sent"\} 1$/m.test(texts['user-management']) &&
        /^mails_total\{outcome="accepted"\} 2$/m.test(texts.notification) &&
        texts
      );
    });
    for (const text of Object.values(scraped)) {
      expect(text).not.toMatch(new RegExp(PLANTED, 'i'));
      expect(text).not.toContain('@');
    }
    expect(scraped.notification).toContain('outcome="RECIPIENT_MALFORMED"');
  });

  it('is only on the port of its own', async () => {
    for (const { port, url } of [services.users, services.notification]) {
      expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
      expect((await fetch(`${url}/metrics`)).status).toBe(404);
    }
  });

  it('tells what runs', async () => {
    for (const [job, text] of Object.entries(await services.scrape())) {
      expect(text).toContain(`build_info{service="${job}",version="V1",node="${process.version}"} 1`);
    }
  });
});
