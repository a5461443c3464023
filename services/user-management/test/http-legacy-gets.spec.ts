import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

describe.each([
  [false, 'OPTIONS'],
  [true, 'GET, OPTIONS'],
])('the writing GETs with LEGACY_WRITING_GETS=%s', (legacy, allow) => {
  let service: TestService;
  let users: UsersApi;
  beforeAll(async () => {
    service = await startService({ LEGACY_WRITING_GETS: String(legacy) });
    users = new UsersApi(service.url);
  });
  afterAll(() => service.stop());

  const paths = (name: string): string[] => [`/usermgmt/status/${name}`, `/usermgmt/user/activate/${name}`];
  const isEnabled = async (name: string): Promise<boolean> =>
    ((await users.get(name)).body as { enabled: boolean }).enabled;

  it('never write for a HEAD', async () => {
    const { username } = await users.created({ enabled: false });
    for (const path of paths(username)) {
      const response = await request(service.url).head(path);
      expect([response.status, response.headers.allow]).toEqual([405, allow]);
    }
    expect(await isEnabled(username)).toBe(false);
  });

  if (legacy) {
    it('toggle and enable, with 200 and no body', async () => {
      const { username } = await users.created({ enabled: false });
      const [toggle, activate] = paths(username.toUpperCase());
      for (const [path, enabled] of [
        [toggle!, true],
        [toggle!, false],
        [activate!, true],
        [activate!, true],
        [toggle!, false],
      ] as const) {
        const response = await request(service.url).get(path).expect(200);
        expect(response.text).toBe('');
        expect(await isEnabled(username)).toBe(enabled);
      }
    });

    it('answer 404 for nobody', async () => {
      for (const path of paths('nobody')) {
        const response = await request(service.url).get(path).expect(404);
        expect(response.body).toMatchObject({ code: 'USER_NOT_FOUND' });
      }
    });
  } else {
    it('answer 405, with Allow and a pointer to PATCH, and write nothing', async () => {
      const { username } = await users.created({ enabled: false });
      for (const path of [...paths(username), ...paths('nobody')]) {
        const response = await request(service.url).get(path).expect(405);
        expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(response.headers.allow).toBe(allow);
        expect(response.headers.link).toBe('</usermgmt/docs>; rel="help"');
        expect(response.body).toMatchObject({
          code: 'METHOD_NOT_ALLOWED',
          detail: expect.stringContaining('PATCH /usermgmt/user/{username}'),
        });
      }
      expect(await isEnabled(username)).toBe(false);
    });
  }

  it('leave POST, PUT and DELETE a 405', async () => {
    for (const path of paths('x')) {
      for (const method of ['post', 'put', 'delete'] as const) {
        await request(service.url)[method](path).expect(405);
      }
    }
  });
});
