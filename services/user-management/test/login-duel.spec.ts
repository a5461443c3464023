import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { stopClock } from './support/clock.js';
import { type LocalAuth, localAuth } from './support/local-auth.js';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';

/** What the variables of limits are when nobody sets them, but for the keys and clients of a test. */
const DEFAULTS = {
  LOGIN_LIMIT_PER_MINUTE: '60',
  LOGIN_LIMIT_PER_ACCOUNT: '30',
  LOGIN_DELAY_MAX_SECONDS: '60',
  SIGN_UP_LIMIT_PER_HOUR: '60',
  RATE_LIMIT_PER_MINUTE: '60000',
};

const passwordHash = await new PasswordHasher().hash('Pass@123');

let auth: LocalAuth;
let service: TestService;
let username: string;
beforeEach(async () => {
  auth = localAuth();
  service = await startService({ ...auth.environment, ...DEFAULTS, TRUSTED_PROXIES: 'loopback' });
  username = newUser().username;
  await insertUsers(service.dataSource, [{ username, password: passwordHash }]);
  // A clock of the test's own, for all limits: the service's and those of its libraries.
  stopClock();
});
afterEach(async () => {
  jest.useRealTimers();
  await service.stop();
  auth.drop();
});

const wait = (seconds: number): void => {
  jest.setSystemTime(Date.now() + seconds * 1_000);
};

async function login(password: string, from: string): Promise<number> {
  const response = await fetch(`${service.url}/usermgmt/oauth/token`, {
    method: 'POST',
    headers: { 'x-forwarded-for': from },
    body: new URLSearchParams({ client_id: 'page', grant_type: 'password', username, password }),
  });
  await response.body?.cancel();
  return response.status;
}

describe('an attacker', () => {
  it.each([
    ['one address', 30, () => ['192.0.2.1']],
    ['one address that sends all it may', 60, () => ['192.0.2.1']],
    ['a /64 network', 60, (turn: number) => [`2001:db8:0:1::${turn.toString(16)}`]],
    ['four addresses', 30, () => ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']],
  ])('with %s and %d requests a minute does not lock the owner out', async (_what, perMinute, addresses) => {
    const [guesses, owner]: [number[], number[]] = [[], []];
    for (let turn = 1; turn <= perMinute * 2; turn += 1) {
      for (const from of addresses(turn)) guesses.push(await login('Wrong@123', from));
      if (turn % 10 === 0) owner.push(await login('Pass@123', `198.51.100.${turn}`));
      wait(60 / perMinute);
    }
    expect(owner).toEqual(owner.map(() => 200));
    // Nor are there more guesses than LOGIN_LIMIT_PER_ACCOUNT and the delays let in.
    const letIn = guesses.filter((status) => status === 400).length;
    expect(letIn).toBeGreaterThan(0);
    expect(letIn).toBeLessThanOrEqual(3 * new Set(addresses(1)).size + 9);
    expect(new Set(guesses)).toEqual(new Set([400, 429]));
  });

  it('with one address does not fill the queue of passwords to be hashed', async () => {
    const flood = Array.from({ length: 60 }, (_, index) =>
      fetch(`${service.url}/usermgmt/oauth/token`, {
        method: 'POST',
        headers: { 'x-forwarded-for': '192.0.2.1' },
        body: new URLSearchParams({
          ...{ client_id: 'page', grant_type: 'password' },
          ...{ username: `name-${index}`, password: 'Wrong@123' },
        }),
      }).then(({ status }) => status),
    );
    expect(await login('Pass@123', '198.51.100.1')).toBe(200);
    await Promise.all(flood);
  });
});
