import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '../database/database.js';
import { UserStates } from './user-states.js';

const CHECK_SECONDS = 10;

/** A table with one user, which counts how often it is read. */
class OneUser {
  row: object | undefined = { username: 'Jane', role: 'ROLE_USER', enabled: 1, securityStamp: 7 };
  reads = 0;

  query(): Promise<unknown[]> {
    this.reads += 1;
    return Promise.resolve(this.row ? [this.row] : []);
  }
}

function states(users: OneUser): UserStates {
  return new UserStates(users as unknown as Database, { AUTH_USER_CHECK_SECONDS: CHECK_SECONDS });
}

afterEach(() => {
  jest.useRealTimers();
});

describe('the state of a user', () => {
  it('is that of the table when AUTH_USER_CHECK_SECONDS are over, and read once until then', async () => {
    jest.useFakeTimers();
    const users = new OneUser();
    const known = states(users);
    expect(await known.of('jane')).toMatchObject({ securityStamp: 7, principal: { subject: 'Jane' } });

    users.row = undefined;
    jest.advanceTimersByTime(CHECK_SECONDS * 1_000 - 1);
    expect(known.of('jane')).toMatchObject({ securityStamp: 7 });
    expect(users.reads).toBe(1);

    jest.advanceTimersByTime(1);
    expect(await known.of('jane')).toBeUndefined();
    expect(users.reads).toBe(2);
  });

  it('is read again at once after a change in this process', async () => {
    const users = new OneUser();
    const known = states(users);
    await known.of('jane');
    users.row = { username: 'Jane', role: 'ROLE_ADMIN', enabled: 1, securityStamp: 8 };
    known.forget('JANE');
    expect(await known.of('jane')).toMatchObject({ securityStamp: 8, principal: { roles: ['ROLE_ADMIN'] } });
  });
});
