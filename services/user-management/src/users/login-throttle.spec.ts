import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Metrics } from '@usermgmt/service-kit/metrics/metrics';
import { RateLimits } from '@usermgmt/service-kit/protection/rate-limits';
import { LruMap } from 'toad-cache';
import type { LoginDelayedError } from './login-throttle.js';
import { LoginThrottle } from './login-throttle.js';

let throttle: LoginThrottle;
let metrics: Metrics;
beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000_000_000 });
  throttle = throttleWith(60, 30);
});
afterEach(() => {
  jest.useRealTimers();
});

function throttleWith(seconds: number, perMinute: number): LoginThrottle {
  metrics = new Metrics({ service: 'test', version: '1', node: '24' });
  return new LoginThrottle(new RateLimits(metrics), {
    LOGIN_DELAY_MAX_SECONDS: seconds,
    LOGIN_LIMIT_PER_ACCOUNT: perMinute,
  });
}

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

/** Whether the owner would be let in. Leaves no trace. */
function isOpen(account: string, from: string): boolean {
  try {
    throttle.begin(account, from).undone();
    return true;
  } catch {
    return false;
  }
}

/** Addresses that try a wrong password as soon as they may: attempts that are refused have no effect. */
class Attackers {
  letIn = 0;
  /** When each may try again, in ms since 1970. */
  private readonly next: Map<string, number>;

  constructor(count: number) {
    this.next = new Map(Array.from({ length: count }, (_, index) => [`192.0.2.${index}`, 0]));
  }

  tryAll(): void {
    for (const [from, nextMs] of this.next) {
      if (Date.now() < nextMs) continue;
      const seconds = wrong('jane', from);
      if (seconds === 0) this.letIn += 1;
      this.next.set(from, Date.now() + seconds * 1_000);
    }
  }
}

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
  it.each(['jane', 'nobody'])(
    'are delayed twice as long each, from the fourth on, up to the longest delay: %s',
    (name) => {
      expect(waits(12, name)).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    },
  );

  it('from a known address are delayed in the same way', () => {
    right();
    expect(waits(12)).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('delay the addresses that were wrong three times for each other, and no new address', () => {
    for (const from of ['192.0.2.1', '192.0.2.2'])
      for (let count = 0; count < 3; count += 1) wrong('jane', from);
    // Six in all: eight seconds.
    expect([wrong('jane', '192.0.2.1'), wrong('jane', '192.0.2.2')]).toEqual([8, 8]);
    expect(isOpen('jane', '192.0.2.100')).toBe(true);
    expect(isOpen('john', '192.0.2.1')).toBe(true);
  });

  it('are bounded by account and minute, whatever the number of addresses', () => {
    const letIn = Array.from({ length: 100 }, (_, index) => wrong('jane', `192.0.2.${index}`));
    expect(letIn.filter((seconds) => seconds === 0)).toHaveLength(30);
    expect(letIn.at(-1)).toBe(60);
    wait(60);
    expect(wrong('jane', '192.0.2.200')).toBe(0);
  });

  it('show in the metrics when the limit by account refuses them', async () => {
    for (let index = 0; index < 32; index += 1) wrong('jane', `192.0.2.${index}`);
    expect(await metrics.text()).toContain('rate_limited_requests_total{limit="login-account"} 2\n');
  });

  it.each([
    [1, 70],
    [10, 70 + 10 * 3 * 4],
    [60, 30 * 60],
  ])('from %d addresses that try all the time are at most %d in an hour', (count, most) => {
    const attackers = new Attackers(count);
    for (let second = 0; second < 3_600; second += 1) {
      attackers.tryAll();
      wait(1);
    }
    expect(attackers.letIn).toBeLessThanOrEqual(most);
    expect(attackers.letIn).toBeGreaterThan(count);
  });

  it('count before they are known to be wrong: many at once are no way around', () => {
    const together = Array.from({ length: 10 }, () => wrong());
    expect(together.filter((seconds) => seconds === 0)).toHaveLength(3);
  });

  it('do not count when the check failed, or was refused', () => {
    for (let index = 0; index < 100; index += 1) throttle.begin('jane', '192.0.2.1').undone();
    for (let index = 0; index < 100; index += 1) wrong('jane', '192.0.2.2');
    expect(wrong()).toBe(0);
  });

  it('are forgotten after a right one, and after a quarter of an hour', () => {
    waits(2);
    right();
    expect(waits(4)).toEqual([0, 0, 0, 1]);
    wait(15 * 60);
    expect(waits(4)).toEqual([0, 0, 0, 1]);
  });

  it('never delay anything where the longest delay is 0, and the limit any', () => {
    throttle = throttleWith(0, 0);
    expect(waits(50)).toEqual(Array.from({ length: 50 }, () => 0));
  });

  it('take the same memory for a long name as for a short one', () => {
    for (let index = 0; index < 2_000; index += 1)
      wrong('\uFDFA'.repeat(255).normalize('NFKD') + String(index));
    const kept = Object.values(throttle).filter((value) => value instanceof LruMap);
    expect(kept.map(({ size }) => size)).toEqual([2_000, 2_000, 0]);
    for (const map of kept) for (const key of map.keys()) expect(key).toHaveLength(22);
  });
});

describe('an owner at a new address', () => {
  /** Lets attackers try each second, always before the owner. @returns in which minutes the owner was refused */
  function refusedMinutes(minutes: number, count: number, attempt: (minute: number) => boolean): number[] {
    const refused: number[] = [];
    const attackers = new Attackers(count);
    for (let second = 0; second < minutes * 60; second += 1) {
      attackers.tryAll();
      if (second % 60 === 30 && !attempt(Math.floor(second / 60))) refused.push(Math.floor(second / 60));
      wait(1);
    }
    return refused;
  }
  const atNewAddress = (minute: number): boolean => isOpen('jane', `198.51.100.${minute}`);

  it.each([1, 4, 14])('is never refused because of %d other addresses', (count) => {
    expect(refusedMinutes(60, count, atNewAddress)).toEqual([]);
  });

  it('is refused by 60 other addresses in at most 4 minutes of a quarter of an hour', () => {
    expect(refusedMinutes(15, 60, atNewAddress).length).toBeLessThanOrEqual(60 / 15);
  });

  it('may mistype twice first, against 4 other addresses', () => {
    const mistyping = (minute: number): boolean => {
      const from = `198.51.100.${minute}`;
      return wrong('jane', from) === 0 && wrong('jane', from) === 0 && isOpen('jane', from);
    };
    expect(refusedMinutes(30, 4, mistyping)).toEqual([]);
  });

  it('is let in after a quarter of an hour at an address that was wrong three times', () => {
    for (let count = 0; count < 3; count += 1) wrong('jane', '198.51.100.1');
    const refused = refusedMinutes(17, 1, () => isOpen('jane', '198.51.100.1'));
    expect(refused).not.toContain(15);
  });
});

describe('an owner at the usual address', () => {
  it('is not delayed by others, and gives them no new attempts', () => {
    right('jane', '198.51.100.1');
    waits(20, 'jane', '192.0.2.66');
    right('jane', '198.51.100.1');
    // 8 attempts before the first delay of 60 s, and this is the first try after it.
    expect(wrong('jane', '192.0.2.66')).toBe(60);
    for (let index = 0; index < 100; index += 1) wrong('jane', `192.0.2.${index}`);
    expect(isOpen('jane', '198.51.100.1')).toBe(true);
    wait(29 * 24 * 3_600);
    for (let index = 0; index < 100; index += 1) wrong('jane', `192.0.2.${index}`);
    expect(isOpen('jane', '198.51.100.1')).toBe(true);
  });

  it('is as any other address after 30 days without a login', () => {
    right('jane', '198.51.100.1');
    wait(30 * 24 * 3_600);
    for (let index = 0; index < 100; index += 1) wrong('jane', `192.0.2.${index}`);
    expect(isOpen('jane', '198.51.100.1')).toBe(false);
  });
});
