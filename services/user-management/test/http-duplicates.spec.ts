import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stretchDeadlines } from '@usermgmt/testing/deadlines';
import { newUser } from '@usermgmt/testing/users';
import type { Response } from 'supertest';
import { describeOnMysql, mysqlDatabase, sqliteDatabase } from './support/database.js';
import type { MakeDatabase } from './support/open-database.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

// 50 passwords at the same time wait longer than 3 s on a busy machine.
stretchDeadlines();

const AT_ONCE = 50;

function describeRaces(makeDatabase: MakeDatabase): void {
  let service: TestService;
  let users: UsersApi;
  beforeAll(async () => {
    service = await startService({}, makeDatabase);
    users = new UsersApi(service.url);
  });
  afterAll(() => service.stop());

  const race = (body: (i: number) => object): Promise<Response[]> =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const path = i % 5 ? 'signUp' : 'createByAdmin';
        return users[path](body(i));
      }),
    );

  const anyCase = (text: string, i: number): string =>
    Array.from(text, (letter, at) => ((i >> at) & 1 ? letter.toUpperCase() : letter)).join('');

  function expectOneWinner(responses: Response[], code: string): void {
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = responses.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(AT_ONCE - 1);
    for (const response of refused) expect(response.body).toMatchObject({ code });
  }

  it('lets one of 50 have a name, however it is spelled', async () => {
    const responses = await race((i) =>
      newUser({ username: anyCase(i % 2 ? 'jose racer' : 'josé racer', i), email: `n${i}@example.com` }),
    );
    expectOneWinner(responses, 'USERNAME_TAKEN');
  });

  it('lets one of 50 have an address, however it is spelled', async () => {
    const responses = await race((i) => newUser({ email: anyCase('racer@example.com', i) }));
    expectOneWinner(responses, 'EMAIL_TAKEN');
  });

  it('lets one of 50 have both', async () => {
    const responses = await race((i) =>
      newUser({ username: anyCase('both racer', i), email: anyCase('both@example.com', i) }),
    );
    expectOneWinner(responses, 'USERNAME_TAKEN');
  });

  it('lets one of many change to an address', async () => {
    const names = await Promise.all(Array.from({ length: 10 }, async () => (await users.created()).username));
    const responses = await Promise.all(
      names.map(async (name, i) => users.patch(name, { email: anyCase('wanted@example.com', i) })),
    );
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...names.slice(1).map(() => 409)]);
  });
}

describe('duplicates at once on SQLite', () => {
  describeRaces(sqliteDatabase);
});
describeOnMysql('duplicates at once on MySQL', () => {
  describeRaces(mysqlDatabase);
});
