import { Injectable } from '@nestjs/common';
import { LoginThrottle } from './login-throttle.js';
import { type PasswordCheck, PasswordHasher } from './password-hasher.js';
import type { UserCredentials } from './user.js';
import { usernameKey } from './user-key.js';
import { UsersRepository } from './users.repository.js';

/** The one place where somebody's password is checked. */
@Injectable()
export class Credentials {
  constructor(
    private readonly users: UsersRepository,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * Whether somebody is who they say. A name that is not there, a wrong
   * password and a disabled user are the same, in time too.
   *
   * @param from the client's network
   * @returns undefined if not
   * @throws LoginDelayedError, TooManyRequestsError after too many wrong passwords for that name
   * @throws UnavailableError when too many passwords are being hashed
   */
  async check(username: string, password: string, from: string): Promise<UserCredentials | undefined> {
    this.hasher.refuseIfFull(from);
    const attempt = this.throttle.begin(usernameKey(username), from);
    let user: UserCredentials | undefined;
    let found: PasswordCheck;
    try {
      user = await this.users.credentialsOf(username);
      found = await this.hasher.check(password, user?.password, from);
    } catch (error) {
      attempt.undone();
      throw error;
    }
    const { isRight, better } = found;
    if (!user || !isRight || !user.enabled) return undefined;
    attempt.succeeded();
    if (better === undefined) return user;
    await this.users.upgradePassword(user, better);
    return { ...user, password: better };
  }
}
