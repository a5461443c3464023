import { get, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import request from 'supertest';
import { DatabaseUnavailableError } from '../src/database/database-errors.js';
import { UsersRepository } from '../src/users/users.repository.js';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';

/** As the service reads them. */
const PAGE = 500;

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await service.dataSource.query('DELETE FROM users');
});
afterAll(() => service.stop());

const name = (i: number): string => `user${String(i).padStart(7, '0')}`;

async function fill(count: number, changes: object = {}): Promise<void> {
  await insertUsers(
    service.dataSource,
    Array.from({ length: count }, (_, i) => ({ username: name(count - i), ...changes })),
  );
}

/** Counts the pages that are read from now on. */
const pagesRead = () => jest.spyOn(service.app.get(UsersRepository), 'page');

const open = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(`${service.url}/usermgmt/users`, resolve).on('error', reject);
  });

/** Other requests that the database answers while no page is read. */
const OTHERS = 20;

/** Waits until the client's slowness has reached the database. */
async function standstill(pages: { mock: { calls: unknown[] } }): Promise<number> {
  for (let before = -1; before !== pages.mock.calls.length;) {
    before = pages.mock.calls.length;
    for (let other = 0; other < OTHERS; other += 1) {
      await request(service.url).get('/usermgmt/user/nobody').expect(404);
    }
  }
  return pages.mock.calls.length;
}

describe('GET /usermgmt/users of many', () => {
  it.each([PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2_500])('is complete, sorted JSON: %d', async (count) => {
    await fill(count);
    const pages = pagesRead();
    const response = await request(service.url).get('/usermgmt/users').expect(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const rows = JSON.parse(response.text) as { username: string; appversion: string }[];
    expect(rows.map(({ username }) => username)).toEqual(
      Array.from({ length: count }, (_, i) => name(i + 1)),
    );
    expect(rows.at(-1)).toMatchObject({ appversion: 'V1', enabled: true });
    for (const [, limit] of pages.mock.calls) expect(limit).toBe(PAGE);
  });

  it('is not read for a HEAD', async () => {
    await fill(10 * PAGE);
    const pages = pagesRead();
    const response = await request(service.url).head('/usermgmt/users').expect(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(await standstill(pages)).toBeLessThanOrEqual(3);
  });

  it('is cut, not ended, when the database fails on the way', async () => {
    await fill(2_500);
    const pages = pagesRead();
    const real = service.app.get(UsersRepository);
    const page = UsersRepository.prototype.page.bind(real);
    pages.mockImplementation((after, limit) =>
      pages.mock.calls.length < 4 ? page(after, limit) : Promise.reject(new DatabaseUnavailableError()),
    );
    const response = await fetch(`${service.url}/usermgmt/users`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    await request(service.url).get('/usermgmt/hello').expect(200);
  });
});

describe('a client that is slow', () => {
  // More than the buffers of both ends of a connection hold.
  const COUNT = 25_000;
  const WIDE = { role: 'r'.repeat(255), firstname: 'f'.repeat(20), lastname: 'l'.repeat(20) };

  it('holds up the reading, and nobody else; when it goes, the reading ends', async () => {
    await fill(COUNT, WIDE);
    const pages = pagesRead();
    const response = await open();
    const read = await standstill(pages);
    expect(read).toBeLessThan(COUNT / PAGE);
    await request(service.url)
      .get(`/usermgmt/user/${name(1)}`)
      .expect(200);

    response.destroy();
    expect(await standstill(pages)).toBeLessThanOrEqual(read + 1);
    expect((await service.dataSource.query<unknown[]>('SELECT 1 FROM outbox')).length).toBe(0);
  });

  it('gets everything in the end', async () => {
    await fill(COUNT, WIDE);
    const pages = pagesRead();
    const response = await open();
    await standstill(pages);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toHaveLength(COUNT);
  });
});
