import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accessRows } from '@usermgmt/service-kit/auth/access-markdown';
import { ACCESS, ROLES } from '../src/access-table.js';
import { patchUserSchema } from '../src/users/user.schemas.js';
import { callOf } from './support/route-calls.js';
import { insertUsers } from './support/rows.js';
import type { TestService } from './support/service.js';

/** Where the tokens of a mode come from. */
export interface AccessFixture {
  service: TestService;
  /** A token that counts, of a user who is there. */
  userToken(username: string, role: string): Promise<string>;
  /** Whether the service issues tokens; if not, there is nothing at the routes for that. */
  issuesTokens: boolean;
  /** The token of a program without roles. */
  clientToken(): Promise<string>;
  /** Makes tokens of an administrator that must not count, by what is wrong with them. */
  wrong: Readonly<Record<string, (username: string) => string | Promise<string>>>;
  stop(): Promise<void>;
}

const ROWS = accessRows(ACCESS, ROLES).map(([route = '', ...cells]) => ({
  route: route.replaceAll('`', ''),
  cells: new Map(['no token', ...ROLES].map((column, index) => [column, cells[index] ?? ''])),
}));

let made = 0;

/** Every route with every kind of token, against the table as the README shows it. */
export function describeAccess(mode: string, start: () => Promise<AccessFixture>, wrong: string[]): void {
  describe(`access, AUTH_MODE=${mode}`, () => {
    let fixture: AccessFixture;
    let own: string;
    let other: string;

    beforeAll(async () => {
      fixture = await start();
    });
    afterAll(() => fixture.stop());
    beforeEach(() => {
      made += 1;
      [own, other] = [`Öwn ${made}`, `other-${made}`];
    });

    const insert = (role: string): Promise<void> =>
      insertUsers(fixture.service.dataSource, [{ username: own, role }, { username: other }]);

    async function call(route: string, name: string, token?: string, changes?: object) {
      const { path, body, form, success } = callOf(route, name, fixture.issuesTokens);
      const response = await fetch(`${fixture.service.url}/usermgmt${path}`, {
        method: route.split(' ')[0]!,
        headers: {
          'content-type': form === undefined ? 'application/json' : 'application/x-www-form-urlencoded',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body && { body: JSON.stringify({ ...body, ...changes }) }),
        ...(form !== undefined && { body: form }),
      });
      return { status: response.status, success, headers: response.headers, text: await response.text() };
    }

    function expectRefusal(answer: Awaited<ReturnType<typeof call>>, status: number, code: string): void {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(JSON.parse(answer.text)).toMatchObject({ status, code });
    }

    describe.each(ROWS)('$route', ({ route, cells }) => {
      const isOpen = cells.get('no token') === 'yes';
      // Only what looks at tokens may mind a wrong one.
      const mindsTokens = !isOpen || route === 'POST /user';
      if (cells.get('no token') === 'as client') {
        it('asks for the client itself, whatever bearer token comes', async () => {
          await insert('ROLE_ADMIN');
          for (const token of [undefined, await fixture.userToken(own, 'ROLE_ADMIN')]) {
            expect(await call(route, own, token)).toMatchObject({ status: fixture.issuesTokens ? 401 : 404 });
          }
        });
        return;
      }

      it('without a token', async () => {
        await insert('ROLE_USER');
        const answer = await call(route, own);
        if (isOpen) expect(answer.status).toBe(answer.success);
        else expectRefusal(answer, 401, 'TOKEN_MISSING');
        if (!route.startsWith('GET')) return;
        const head = await fetch(
          `${fixture.service.url}/usermgmt${callOf(route, own, fixture.issuesTokens).path}`,
          {
            method: 'HEAD',
          },
        );
        expect(head.status === 401).toBe(!isOpen);
      });

      it.each(ROLES)('as %s, on the own record and on that of another', async (role) => {
        await insert(role);
        const token = await fixture.userToken(own, role);
        const onOther = await call(route, other, token);
        const onNobody = await call(route, 'nobody-of-that-name', token);
        const onOwn = await call(route, own.toUpperCase(), token);
        const cell = cells.get(role) ?? '';
        if (cell === 'yes') expect(onOther.status).toBe(onOther.success);
        else {
          expectRefusal(onOther, 403, 'FORBIDDEN');
          // Whether a name exists shows in nothing but the trace's id.
          const shown = (text: string): string => text.replace(/"traceId":"[^"]+"/, '');
          expect(onNobody.status).toBe(403);
          expect(shown(onNobody.text)).toBe(shown(onOther.text));
        }
        if (cell === '–') expectRefusal(onOwn, 403, 'FORBIDDEN');
        else expect(onOwn.status).toBe(onOwn.success);
      });

      it('as somebody whose role means nothing, and as a program without roles', async () => {
        await insert('ROLE_ROOT');
        for (const token of [await fixture.userToken(own, 'ROLE_ROOT'), await fixture.clientToken()]) {
          const answer = await call(route, own, token);
          if (isOpen) expect(answer.status).toBe(answer.success);
          else expectRefusal(answer, 403, 'FORBIDDEN');
        }
      });

      it.each(wrong)('with a token that is %s', async (what) => {
        await insert('ROLE_ADMIN');
        const token = await fixture.wrong[what]!(own);
        const answer = await call(route, own, token);
        if (mindsTokens) {
          expectRefusal(answer, 401, 'TOKEN_INVALID');
          expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
        } else expect(answer.status).toBe(answer.success);
      });
    });

    it.each([{ role: 'ROLE_ADMIN' }, { enabled: true }, { role: 'ROLE_USER', enabled: false }])(
      'lets nobody but administrators set %j',
      async (changes) => {
        await insert('ROLE_USER');
        const token = await fixture.userToken(own, 'ROLE_USER');
        expect((await call('PATCH /user/:username', own, token)).status).toBe(200);
        const refused = await call('PATCH /user/:username', own, token, changes);
        expectRefusal(refused, 403, 'ADMIN_ONLY_FIELD');
        const [row] = await fixture.service.dataSource.query<object[]>(
          'SELECT role, enabled + 0 AS enabled FROM users WHERE username = ?',
          [own],
        );
        expect(row).toEqual({ role: 'ROLE_USER', enabled: 1 });
      },
    );

    it.each(Object.keys(patchUserSchema.shape))('takes null for %s as missing, of anybody', async (field) => {
      await insert('ROLE_USER');
      const token = await fixture.userToken(own, 'ROLE_USER');
      const answer = await call('PATCH /user/:username', own, token, { lastname: 'New', [field]: null });
      expect(answer.status).toBe(200);
      const lastname = field === 'lastname' ? 'Last' : 'New';
      expect(JSON.parse(answer.text)).toMatchObject({ lastname, role: 'ROLE_USER', enabled: true });
    });

    it('tells that a path is not there, and which methods one takes, to anybody', async () => {
      const base = `${fixture.service.url}/usermgmt`;
      expect((await fetch(`${base}/nothing`)).status).toBe(404);
      const wrongMethod = await fetch(`${base}/users`, { method: 'POST' });
      expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    });
  });
}
