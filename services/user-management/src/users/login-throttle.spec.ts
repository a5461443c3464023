import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LoginDelayedError, LoginThrottle } from './login-throttle.js';

let throttle: LoginThrottle;
beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000_000_000 });
  throttle = new LoginThrottle({ LOGIN_DELAY_MAX_SECONDS: 60 });
});
afterEach(() => {
  jest.useRealTimers();
});

const wait = (seconds: number): void => {
  jest.advanceTimersByTime(seconds * 1_000);
};

/** Tries a wrong password. @returns the seconds that it must wait, 0 if it was let through */
function wrong(account = 'jane', from = '192.0.2.1'): number {
  try {
    throttle.begin(account, from);
    return 0;
  } catch (error) {
    return Number((error as LoginDelayedError).headers['retry-after']);
  }
}

const right = (account = 'jane', from = '192.0.2.1'): void => {
  throttle.begin(account, from).succeeded();
};

/** Tries wrong passwords, waiting as long as it is told. @returns the waits */
function waits(attempts: number, account?: string, from?: string): number[] {
  return Array.from({ length: attempts }, () => {
    const seconds = wrong(account, from);
    if (seconds > 0) {
      wait(seconds);
      expect(wrong(account, from)).toBe(0);
    }
    return seconds;
  });
}

describe('wrong passwords for an account', () => {
  it('cost twice as much time each, from the fourth on, up to the longest wait', () => {
    right();
    expect(waits(12)).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('cost the same for a name that is not there: nothing here knows', () => {
    expect(waits(6, 'nobody')).toEqual([0, 0, 0, 2, 4, 8]);
    expect(waits(6, 'jane')).toEqual([0, 0, 0, 2, 4, 8]);
  });

  it('cost time from every address that is not known, and twice as much from one that was wrong', () => {
    for (let index = 1; index <= 8; index += 1) wrong('jane', `192.0.2.${index}`);
    // The third has delayed the others by 1 s, and attempts that are delayed do not count.
    expect(wrong('jane', '192.0.2.100')).toBe(1);
    expect(wrong('jane', '192.0.2.1')).toBe(2);
    expect(wrong('john', '192.0.2.1')).toBe(0);
  });

  it('leave the owner, at a new address, a gap before each attempt of an attacker', () => {
    waits(20, 'jane', '192.0.2.66');
    let letIn = 0;
    for (let second = 0; second < 600; second += 1) {
      wait(1);
      // The attacker tries each second, first; the owner, once a minute.
      wrong('jane', '192.0.2.66');
      if (second % 60 === 59 && throttleIsOpen('jane', '198.51.100.1')) letIn += 1;
    }
    expect(letIn).toBeGreaterThanOrEqual(4);
  });

  function throttleIsOpen(account: string, from: string): boolean {
    try {
      throttle.begin(account, from).undone();
      return true;
    } catch {
      return false;
    }
  }

  it('do not delay the address from which the owner logs in', () => {
    right('jane', '198.51.100.1');
    waits(20, 'jane', '192.0.2.66');
    right('jane', '198.51.100.1');
    expect(throttle.isKnown('jane', '198.51.100.1')).toBe(true);
    expect(throttle.isKnown('jane', '192.0.2.66')).toBe(false);
    // Nor does the owner's success give the attacker new attempts.
    expect(wrong('jane', '192.0.2.66')).toBeGreaterThan(60);
  });

  it('count before they are known to be wrong: many at once are no way around', () => {
    const together = Array.from({ length: 10 }, () => wrong());
    expect(together.filter((seconds) => seconds === 0)).toHaveLength(3);
  });

  it('do not count when the check failed', () => {
    for (let index = 0; index < 10; index += 1) throttle.begin('jane', '192.0.2.1').undone();
    expect(wrong()).toBe(0);
  });

  it('are forgotten after a right one, and after a quarter of an hour', () => {
    waits(2);
    right();
    expect(waits(4)).toEqual([0, 0, 0, 1]);
    wait(15 * 60 + 1);
    expect(waits(4)).toEqual([0, 0, 0, 1]);
  });

  it('never cost anything where the longest wait is 0', () => {
    throttle = new LoginThrottle({ LOGIN_DELAY_MAX_SECONDS: 0 });
    expect(waits(30)).toEqual(Array.from({ length: 30 }, () => 0));
  });
});
