import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import request, { type Response } from 'supertest';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

/** Starts the service for the tests of one group, and stops it after them. */
function withService(environment: Readonly<Record<string, string>> = {}): () => TestService {
  let service: TestService;
  beforeAll(async () => {
    service = await startService(environment);
  });
  afterAll(() => service.stop());
  return () => service;
}

function expectTooMany(response: Response, mostSeconds: number): void {
  expect(response.status).toBe(429);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.body).toMatchObject({
    status: 429,
    code: 'TOO_MANY_REQUESTS',
    traceId: expect.any(String),
  });
  const seconds = Number(response.headers['retry-after']);
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(mostSeconds);
}

describe('every answer', () => {
  const service = withService();
  const user = newUser();
  beforeAll(() => new UsersApi(service().url).signUp(user).expect(201));

  it.each([
    ['GET', `/usermgmt/user/${user.username}`, 200],
    ['GET', '/usermgmt/users', 200],
    ['GET', '/usermgmt/hello', 200],
    ['GET', '/usermgmt/health/ready', 200],
    ['GET', '/usermgmt/openapi.json', 200],
    ['OPTIONS', '/usermgmt/users', 200],
    ['POST', '/usermgmt/user', 400],
    ['GET', '/usermgmt/user/nobody', 404],
    ['GET', '/usermgmt/nothing', 404],
    ['PUT', '/usermgmt/users', 405],
    ['GET', `/usermgmt/users?after=${'x'.repeat(4_096)}`, 414],
  ])('%s %.30s carries the headers that protect a browser', async (method, path, status) => {
    const response = await request(service().url)[method.toLowerCase() as 'get'](path);
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({
      'cache-control': expect.stringContaining('no-store'),
      'content-security-policy': "default-src 'none';base-uri 'none';frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    // Nothing that a browser would send along by itself, on behalf of another page.
    expect(response.headers).not.toHaveProperty('set-cookie');
  });

  it.each(['/usermgmt/user/%zz', `/usermgmt/user/${'x'.repeat(1_001)}`])(
    'to what the router cannot read (%#) is not kept or guessed about either',
    async (path) => {
      const { headers } = await request(service().url).get(path);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    },
  );

  it.each(['/usermgmt/hello', '/usermgmt/nothing', '/usermgmt/user/%zz', '/usermgmt/docs'])(
    'tells nothing of what made it: %s',
    async (path) => {
      const { headers, text } = await request(service().url).get(path);
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('x-powered-by');
      const said = `${JSON.stringify(headers)} ${text}`;
      expect(said).not.toMatch(/fastify|nestjs|node\.js|node_modules|\bat .+:\d+:\d+/i);
    },
  );

  it('of the documentation lets its own scripts run, and no others', async () => {
    const page = await request(service().url).get('/usermgmt/docs').expect(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src|unsafe-eval/);
    const sources = [...page.text.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    expect(sources.length).toBeGreaterThan(0);
    for (const tag of sources) expect(tag).toMatch(/ src="\.\//);
  });
});

describe('a service that is open for development', () => {
  const service = withService({ LEGACY_WRITING_GETS: 'true', CORS_ORIGINS: 'https://app.example.com' });
  const open = withService({ AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: 'true' });
  const REBOUND = { host: 'evil.example:8095', origin: 'http://evil.example:8095' };
  const LINK = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const problemOf = (response: Response): unknown[] => [
    response.status,
    (response.body as { code: unknown }).code,
  ];

  it('neither shows nor takes users under a name of the internet', async () => {
    const read = await request(service().url).get('/usermgmt/users').set(REBOUND);
    expect(problemOf(read)).toEqual([403, 'HOST_NOT_ALLOWED']);
    expect(read.headers['content-type']).toMatch(/^application\/problem\+json/);
    const created = await request(service().url).post('/usermgmt/user').set(REBOUND).send(newUser());
    expect(problemOf(created)).toEqual([403, 'HOST_NOT_ALLOWED']);
  });

  it.each(['localhost:8095', '127.0.0.1', '10.0.0.5:8095', '[::1]:8095', 'user-management:8095'])(
    'answers to %s',
    async (host) => {
      await request(service().url).get('/usermgmt/health/ready').set({ host }).expect(200);
      await request(service().url).post('/usermgmt/user').set({ host }).send(newUser()).expect(201);
    },
  );

  it('takes nothing from an image, a form, a link or a frame of another page', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' },
      { origin: 'null' },
      LINK,
    ]) {
      const written = await request(service().url).get('/usermgmt/user/activate/x').set(headers);
      expect(problemOf(written)).toEqual([403, 'CROSS_SITE_REQUEST']);
    }
    const framed = await request(service().url)
      .get('/usermgmt/docs')
      .set({ ...LINK, 'sec-fetch-dest': 'iframe' });
    expect(problemOf(framed)).toEqual([403, 'CROSS_SITE_REQUEST']);
  });

  it('can be linked to by its documentation, and called by the pages of CORS_ORIGINS', async () => {
    await request(service().url).get('/usermgmt').set(LINK).expect(302);
    await request(service().url).get('/usermgmt/docs').set(LINK).expect(200);
    await request(service().url)
      .post('/usermgmt/user')
      .set({ 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' })
      .send(newUser())
      .expect(201);
  });

  it('answers to any name once an operator has said that everybody can do everything', async () => {
    await request(open().url).get('/usermgmt/users').set({ host: 'usermgmt.example.com' }).expect(200);
    await request(open().url).get('/usermgmt/users').set(LINK).expect(200);
  });
});

describe('pages of other origins', () => {
  const closed = withService();
  const open = withService({ CORS_ORIGINS: 'https://app.example.com, http://localhost:3000' });
  const preflight = (url: string, origin: string) =>
    request(url).options('/usermgmt/user/x').set({
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization',
    });

  it.each(['https://app.example.com', 'null', 'http://127.0.0.1'])(
    'get nothing at first: %s',
    async (origin) => {
      const read = await request(closed().url).get('/usermgmt/users').set({ origin });
      const asked = await preflight(closed().url, origin);
      for (const { headers } of [read, asked]) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    },
  );

  it.each(['https://app.example.com', 'http://localhost:3000'])(
    'may call when listed: %s',
    async (origin) => {
      const asked = await preflight(open().url, origin);
      expect(asked.status).toBe(204);
      expect(asked.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': expect.stringContaining('authorization'),
        'access-control-max-age': '3600',
        vary: expect.stringMatching(/origin/i),
      });
      expect(asked.headers).not.toHaveProperty('access-control-allow-credentials');
      const read = await request(open().url).get('/usermgmt/users').set({ origin }).expect(200);
      expect(read.headers['access-control-allow-origin']).toBe(origin);
    },
  );

  it.each([
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://evil.example',
    'null',
  ])('may not when not listed: %s', async (origin) => {
    const read = await request(open().url).get('/usermgmt/users').set({ origin });
    const asked = await preflight(open().url, origin);
    for (const { headers } of [read, asked])
      expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('change nothing for OPTIONS and unknown paths', async () => {
    const options = await request(open().url).options('/usermgmt/users').expect(200);
    expect(options.headers.allow).toBe('GET, HEAD, OPTIONS');
    await request(open().url).options('/usermgmt/nothing').expect(404);
    await request(open().url).get('/usermgmt/nothing').expect(404);
  });
});

describe('the wide limit', () => {
  const service = withService({ RATE_LIMIT_PER_MINUTE: '5' });
  const get = (path: string, forwarded?: string) =>
    request(service().url)
      .get(path)
      .set(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded });

  it('refuses one address more than it may send, whatever it asks for and whoever it says it is', async () => {
    for (const path of ['hello', 'nothing', 'users']) await get(`/usermgmt/${path}`);
    for (const forged of ['203.0.113.1', '203.0.113.2'])
      expect((await get('/usermgmt/hello', forged)).status).toBe(200);
    expectTooMany(await get('/usermgmt/hello'), 60);
    expectTooMany(await get('/usermgmt/hello', '203.0.113.3'), 60);
    expectTooMany(await get('/usermgmt/nothing'), 60);
    expectTooMany(await request(service().url).post('/usermgmt/user').send(newUser()), 60);
  });

  it('lets probes through', async () => {
    for (const path of ['health/live', 'health/ready/', 'health-status?x', 'health/status']) {
      for (let index = 0; index < 6; index += 1) expect((await get(`/usermgmt/${path}`)).status).toBe(200);
    }
  });

  it('counts the report on dependencies, for which the database and notification are asked', async () => {
    expectTooMany(await get('/usermgmt/health/dependencies'), 60);
    expectTooMany(await get('/usermgmt/healthy'), 60);
  });
});

describe('behind a trusted proxy', () => {
  const service = withService({ RATE_LIMIT_PER_MINUTE: '2', TRUSTED_PROXIES: 'loopback' });
  const statuses = async (...forwarded: string[]): Promise<number[]> => {
    const found = [];
    for (const header of forwarded) {
      found.push(
        (await request(service().url).get('/usermgmt/hello').set({ 'x-forwarded-for': header })).status,
      );
    }
    return found;
  };

  it('each client is counted for itself', async () => {
    expect(await statuses('198.51.100.1', '198.51.100.1', '198.51.100.2', '198.51.100.1')).toEqual([
      200, 200, 200, 429,
    ]);
  });

  it('what a client put before its own address is not believed', async () => {
    const forged = ['10.0.0.1, 198.51.100.9', '10.0.0.2, 198.51.100.9', '127.0.0.1, 198.51.100.9'];
    expect(await statuses(...forged)).toEqual([200, 200, 429]);
  });

  it.each([
    ['203.0.113.9:40001', '203.0.113.9:40002', '203.0.113.9'],
    ['[2001:db8:9::1]:443', '[2001:db8:9::1]:40001', '2001:DB8:9::2'],
    ['::ffff:203.0.113.10', '[::ffff:cb00:710a]:443', '203.0.113.10:9'],
    ['198.51.100.77, 127.0.0.1:40001', '198.51.100.77:2, [::ffff:127.0.0.1]:8', '::ffff:c633:644d'],
  ])('an address is one client, whatever its port and its form: %s, %s, %s', async (...forms) => {
    expect(await statuses(...forms)).toEqual([200, 200, 429]);
  });

  it('what is no address is no client: it counts as the proxy', async () => {
    expect(await statuses('unknown', '_hidden', 'x'.repeat(4_000), '198.51.100.78, unknown')).toEqual([
      200, 200, 429, 429,
    ]);
  });

  it('an IPv6 network of one customer counts as one', async () => {
    expect(
      await statuses('2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::3', '2001:db8:1:3::1'),
    ).toEqual([200, 200, 429, 200]);
  });
});

describe('sign-up', () => {
  const service = withService({ SIGN_UP_LIMIT_PER_HOUR: '3' });

  it('is bounded by address, also for what is refused; the rest goes on', async () => {
    const api = new UsersApi(service().url);
    const user = newUser();
    await api.signUp(user).expect(201);
    await api.signUp(user).expect(409);
    await api.signUp(newUser()).expect(201);
    expectTooMany(await api.signUp(newUser()), 3_600);
    await api.get(user.username).expect(200);
    await api.createByAdmin(newUser()).expect(201);
  });
});
