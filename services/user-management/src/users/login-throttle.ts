import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usermgmt/service-kit/app-error';
import { LruMap } from 'toad-cache';
import { CONFIG, type Config } from '../config.js';

/** Wrong passwords that cost nothing: everybody mistypes. */
const FREE = 3;
/** After how long without another one wrong passwords are forgotten. */
const FORGET_MS = 15 * 60_000;
/** For how long an address from which somebody logged in is not a stranger's to that account. */
const KNOWN_MS = 30 * 24 * 3_600_000;
/** Accounts, and pairs of account and address, that are remembered; those not seen for the longest go first. */
const MOST = 10_000;

/** Too many wrong passwords for an account, lately. The same for one that is not there. */
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

/** A password that is being checked; it counts as wrong until one of these says otherwise. */
export interface Attempt {
  /** It was right. */
  succeeded(): void;
  /** Nobody knows: the check itself failed. */
  undone(): void;
}

/**
 * Lets wrong passwords for an account cost time: 1 s after the third, then
 * twice as long each time, up to LOGIN_DELAY_MAX_SECONDS. It locks nobody out:
 *
 * - an address from which the owner has logged in is delayed by its own
 *   mistakes only, never by those of others;
 * - from any other address one must wait for the account's delay, and twice
 *   that from one that was wrong itself. So whoever attacks from a few
 *   addresses leaves the owner, at a new one, a gap before each attempt.
 *
 * Kept in memory, by each instance for itself.
 */
@Injectable()
export class LoginThrottle {
  private readonly accounts = new LruMap<Failures>(MOST, FORGET_MS);
  private readonly pairs = new LruMap<Failures>(MOST, FORGET_MS);
  private readonly known = new LruMap<true>(MOST, KNOWN_MS);
  private readonly longestMs: number;

  constructor(@Inject(CONFIG) config: Pick<Config, 'LOGIN_DELAY_MAX_SECONDS'>) {
    this.longestMs = config.LOGIN_DELAY_MAX_SECONDS * 1_000;
  }

  /** Whether somebody has logged in to this account from there. */
  isKnown(account: string, from: string): boolean {
    return this.known.get(pairOf(account, from)) === true;
  }

  /**
   * @param account the name's key, whether or not there is such a user
   * @param from the client's network
   * @throws LoginDelayedError
   */
  begin(account: string, from: string): Attempt {
    const pair = pairOf(account, from);
    const isKnown = this.isKnown(account, from);
    const own = this.pairs.get(pair);
    const waitMs = isKnown
      ? this.leftMs(own, 1)
      : this.leftMs(this.accounts.get(account), own === undefined ? 1 : 2);
    if (waitMs > 0) throw new LoginDelayedError(waitMs);
    // Before it is known: many at once must not each find the count of before.
    count(this.pairs, pair, 1);
    if (!isKnown) count(this.accounts, account, 1);
    return {
      succeeded: () => {
        this.pairs.delete(pair);
        if (!isKnown) this.accounts.delete(account);
        this.known.set(pair, true);
      },
      undone: () => {
        count(this.pairs, pair, -1);
        if (!isKnown) count(this.accounts, account, -1);
      },
    };
  }

  private leftMs(failures: Failures | undefined, factor: number): number {
    if (failures === undefined || failures.count < FREE) return 0;
    const delayMs = Math.min(2 ** (failures.count - FREE) * 1_000, this.longestMs);
    return failures.lastMs + factor * delayMs - Date.now();
  }
}

const pairOf = (account: string, from: string): string => `${from} ${account}`;

function count(failures: LruMap<Failures>, key: string, by: 1 | -1): void {
  const { count: before, lastMs } = failures.get(key) ?? { count: 0, lastMs: 0 };
  if (before + by <= 0) failures.delete(key);
  else failures.set(key, { count: before + by, lastMs: by > 0 ? Date.now() : lastMs });
}
