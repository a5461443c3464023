import { Injectable } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.js';
import type { UserCredentials } from './user.js';
import { UsersRepository } from './users.repository.js';

/** The one place where somebody's password is checked. */
@Injectable()
export class Credentials {
  constructor(
    private readonly users: UsersRepository,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Whether somebody is who they say. A name that is not there, a wrong
   * password and a disabled user are the same, in time too.
   *
   * @returns undefined if not
   */
  async check(username: string, password: string): Promise<UserCredentials | undefined> {
    const user = await this.users.credentialsOf(username);
    const { isRight, better } = await this.hasher.check(password, user?.password);
    if (!user || !isRight || !user.enabled) return undefined;
    if (better === undefined) return user;
    await this.users.upgradePassword(user, better);
    return { ...user, password: better };
  }
}
