import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '@usermgmt/service-kit/auth/principal';
import { CONFIG, type Config } from '../config.js';
import { Database } from '../database/database.js';
import { usernameKey } from '../users/user-key.js';

/** What the tokens of an enabled user depend on at present. */
export interface UserState {
  securityStamp: number;
  /** As whom requests with such a token act: with the role of now. */
  principal: Principal;
}

interface Row {
  username: string;
  role: string;
  enabled: number | boolean;
  securityStamp: number | string;
}

const MOST = 10_000;

/**
 * What users are at present, read again after AUTH_USER_CHECK_SECONDS: so
 * long may a token go on counting after another replica changed its user.
 */
@Injectable()
export class UserStates {
  private readonly known = new Map<string, { state: UserState | undefined; until: number }>();
  private readonly keepMs: number;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: Pick<Config, 'AUTH_USER_CHECK_SECONDS'>,
  ) {
    this.keepMs = config.AUTH_USER_CHECK_SECONDS * 1_000;
  }

  /**
   * Without waiting where it was read lately.
   *
   * @param key as usernameKey makes it
   * @returns undefined for a user who is disabled or not there
   * @throws DatabaseUnavailableError
   */
  of(key: string): UserState | undefined | Promise<UserState | undefined> {
    const found = this.known.get(key);
    return found && Date.now() < found.until ? found.state : this.read(key);
  }

  /** To be called after a user was changed or deleted. */
  forget(username: string): void {
    this.known.delete(usernameKey(username));
  }

  private async read(key: string): Promise<UserState | undefined> {
    const [row] = await this.database.query<Row>(
      `SELECT username, role, enabled, security_stamp AS securityStamp FROM users WHERE username_key = ?`,
      [key],
    );
    const state = row?.enabled ? stateOf(row) : undefined;
    if (this.known.size >= MOST) this.known.delete(this.known.keys().next().value ?? '');
    this.known.set(key, { state, until: Date.now() + this.keepMs });
    return state;
  }
}

function stateOf({ username, role, securityStamp }: Row): UserState {
  return {
    securityStamp: Number(securityStamp),
    principal: { kind: 'user', subject: username, roles: [role] },
  };
}
