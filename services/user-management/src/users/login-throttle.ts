import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usermgmt/service-kit/app-error';
import { RateLimits } from '@usermgmt/service-kit/protection/rate-limits';
import { LruMap } from 'toad-cache';
import { CONFIG, type Config } from '../config.js';
import { AttemptWindows } from './attempt-windows.js';
import { mapKey } from './map-key.js';

/** Wrong passwords without a delay: typing mistakes. */
const FREE = 3;
/** Wrong passwords are forgotten after this long without another one. */
const FORGET_MS = 15 * 60_000;
/** For how long an address from which an account was logged in to is known to that account. */
const KNOWN_MS = 30 * 24 * 3_600_000;
/** The window of LOGIN_LIMIT_PER_ACCOUNT. */
const MINUTE_MS = 60_000;
/** Accounts, and pairs of account and address, that are remembered; those not seen for the longest go first. */
const MOST = 10_000;

/** Too many wrong passwords for an account recently. The same for an account that does not exist. */
export class LoginDelayedError extends AppError {
  constructor(ms: number) {
    super(429, 'LOGIN_DELAYED', 'Too many wrong passwords; wait and try again', {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(ms / 1_000))) },
    });
    this.name = 'LoginDelayedError';
  }
}

interface Failures {
  count: number;
  lastMs: number;
}

/** A password check under way. It is counted as wrong until one of these is called. */
export interface Attempt {
  /** The password was right. */
  succeeded(): void;
  /** The check itself failed, so that the password may have been right. */
  undone(): void;
}

/**
 * Bounds wrong passwords by account and by address, without locking an owner
 * out. Attempts that are refused are not counted. An address is
 *
 * - known, when the account was logged in to from there: it waits for its own
 *   mistakes only, 1 s after the third, then twice as long each time, up to
 *   LOGIN_DELAY_MAX_SECONDS;
 * - new, as long as it was wrong fewer than three times: no delay. Its first
 *   attempt may use all of LOGIN_LIMIT_PER_ACCOUNT, later ones half of it, so
 *   that an attacker needs many addresses to use up an owner's first attempt;
 * - worn, after that: it also waits for the mistakes of all other addresses.
 *
 * Decision 12 says how long an owner may have to wait. Kept in memory, by each
 * instance for itself.
 */
@Injectable()
export class LoginThrottle {
  private readonly accounts = new LruMap<Failures>(MOST);
  private readonly pairs = new LruMap<Failures>(MOST);
  /** When an address was logged in from last, in ms since 1970. */
  private readonly known = new LruMap<number>(MOST);
  private readonly windows = new AttemptWindows(MINUTE_MS);
  private readonly refused: ReturnType<RateLimits['refusals']>;
  private readonly longestMs: number;
  private readonly perMinute: number;

  constructor(
    limits: RateLimits,
    @Inject(CONFIG) config: Pick<Config, 'LOGIN_DELAY_MAX_SECONDS' | 'LOGIN_LIMIT_PER_ACCOUNT'>,
  ) {
    this.refused = limits.refusals('login-account');
    this.longestMs = config.LOGIN_DELAY_MAX_SECONDS * 1_000;
    this.perMinute = config.LOGIN_LIMIT_PER_ACCOUNT || Infinity;
  }

  /**
   * @param account the name's key, whether or not there is such a user
   * @param from the client's network
   * @throws LoginDelayedError, TooManyRequestsError
   */
  begin(account: string, from: string): Attempt {
    const pair = mapKey(`${from} ${account}`);
    const own = failuresOf(this.pairs, pair);
    const attempt = this.isKnown(pair) ? this.beginKnown(own) : this.beginUnknown(account, own);
    return {
      succeeded: () => {
        attempt.undone();
        this.pairs.delete(pair);
        this.known.set(pair, Date.now());
      },
      undone: attempt.undone,
    };
  }

  private isKnown(pair: string): boolean {
    return Date.now() - (this.known.get(pair) ?? -Infinity) < KNOWN_MS;
  }

  private beginKnown(own: Failures): Pick<Attempt, 'undone'> {
    assertNoWait(this.waitMs(own));
    return counted(own);
  }

  private beginUnknown(account: string, own: Failures): Pick<Attempt, 'undone'> {
    const all = failuresOf(this.accounts, mapKey(account));
    const window = this.windows.of(account);
    assertNoWait(own.count < FREE ? 0 : Math.max(this.waitMs(own), this.waitMs(all)));
    const most = own.count === 0 ? this.perMinute : Math.ceil(this.perMinute / 2);
    if (window.count >= most) throw this.refused((window.endMs - Date.now()) / 1_000);
    window.count += 1;
    const both = [counted(own), counted(all)];
    return {
      undone: () => {
        window.count -= 1;
        for (const { undone } of both) undone();
      },
    };
  }

  private waitMs({ count, lastMs }: Failures): number {
    if (count < FREE) return 0;
    return lastMs + Math.min(2 ** (count - FREE) * 1_000, this.longestMs) - Date.now();
  }
}

function assertNoWait(ms: number): void {
  if (ms > 0) throw new LoginDelayedError(ms);
}

/** What is remembered under a key, or an entry that counts from now on. */
function failuresOf(map: LruMap<Failures>, key: string): Failures {
  const found = map.get(key);
  if (found && Date.now() - found.lastMs < FORGET_MS) return found;
  const failures = { count: 0, lastMs: 0 };
  map.set(key, failures);
  return failures;
}

/** Counts an attempt before it is known to be wrong: many at once must not each find the count of before. */
function counted(failures: Failures): Pick<Attempt, 'undone'> {
  failures.count += 1;
  failures.lastMs = Date.now();
  return {
    undone: () => {
      failures.count -= 1;
    },
  };
}
