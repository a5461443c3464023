import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '@usermgmt/service-kit/app-error';
import { ForbiddenError } from '@usermgmt/service-kit/auth/auth-errors';
import { currentOwner, type Principal } from '@usermgmt/service-kit/auth/principal';
import { emailAddressProblem } from '@usermgmt/service-kit/email-address';
import { UserStates } from '../auth/user-states.js';
import { CONFIG, type Config } from '../config.js';
import { Database } from '../database/database.js';
import { SignUpMails } from '../mail/sign-up-mails.js';
import { Outbox } from '../outbox/outbox.js';
import { Credentials } from './credentials.js';
import { PasswordHasher } from './password-hasher.js';
import type { UserRecord, UserRow } from './user.js';
import {
  RoleNotAllowedError,
  SignUpClosedError,
  UserNotFoundError,
  WrongPasswordError,
} from './user.errors.js';
import type { NewUser, PatchUser, ReplaceUser } from './user.schemas.js';
import { emailKey } from './user-key.js';
import { UsersRepository } from './users.repository.js';

/** Rows that are read at once when everybody is asked for. */
const STREAM_PAGE = 500;

/** The rules of users: who may get which role, what is unique, and that a new user gets a mail. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly outbox: Outbox,
    private readonly mails: SignUpMails,
    private readonly hasher: PasswordHasher,
    private readonly credentials: Credentials,
    private readonly states: UserStates,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes a user who gets a mail; both are kept together, or neither is.
   * Administrators choose role and enabled. Anybody else makes a ROLE_USER who
   * is disabled until an administrator changes that, or, with AUTH_MODE=none,
   * a ROLE_USER whatever was asked for.
   *
   * @param by who asks; undefined: somebody without a token
   * @param from the client's network
   * @throws SignUpClosedError, RoleNotAllowedError, UsernameTakenError, EmailTakenError
   */
  async signUp(
    user: NewUser,
    by: Principal | undefined,
    from: string,
    traceHeader: string,
  ): Promise<UserRow> {
    const byStranger = { isByAdministrator: false, traceHeader };
    if (by?.kind === 'everybody') return this.create({ ...user, role: 'ROLE_USER' }, from, byStranger);
    if (by?.roles.includes('ROLE_ADMIN'))
      return this.create(user, from, { isByAdministrator: true, traceHeader });
    if (this.config.SIGN_UP === 'closed') throw new SignUpClosedError();
    if (user.role !== 'ROLE_USER') throw new RoleNotAllowedError();
    return this.create({ ...user, enabled: false }, from, byStranger);
  }

  /** An administrator makes a user with any role; no mail is sent. @param from the client's network */
  async createByAdmin(user: NewUser, from: string): Promise<UserRow> {
    return this.create(user, from);
  }

  /** @throws UserNotFoundError, ForbiddenError */
  async get(username: string): Promise<UserRow> {
    const user = await this.users.findByName(username);
    if (!user) throw new UserNotFoundError();
    assertReach(user);
    return user;
  }

  async findByEmail(email: string): Promise<UserRow[]> {
    const user = await this.users.findByEmail(email);
    return user ? [user] : [];
  }

  page(after: string | undefined, limit: number): Promise<UserRow[]> {
    return this.users.page(after, limit);
  }

  /** Everybody, a page at a time, in the order of the names; what changes meanwhile may or may not be seen. */
  async *all(): AsyncGenerator<UserRow[], void, undefined> {
    let page = await this.users.page(undefined, STREAM_PAGE);
    yield page;
    while (page.length === STREAM_PAGE) {
      // The embedded database answers without waiting, so nothing else would let other requests run.
      await setImmediate();
      page = await this.users.page(page.at(-1)?.username, STREAM_PAGE);
      yield page;
    }
  }

  /** @throws UserNotFoundError, ForbiddenError, EmailTakenError */
  async replace({ username, email, firstname, lastname }: ReplaceUser): Promise<void> {
    await this.change(username, { email, firstname, lastname });
  }

  /**
   * @param by who asks; with a new password for the own record the present one must come along
   * @param from the client's network
   * @throws UserNotFoundError, ForbiddenError, EmailTakenError, WrongPasswordError, LoginDelayedError
   */
  async patch(
    username: string,
    changes: PatchUser,
    by: Principal | undefined,
    from: string,
  ): Promise<UserRow> {
    const { password, currentPassword, ...others } = changes;
    const given: Partial<UserRecord> = Object.fromEntries(
      Object.entries(others).filter(([, value]) => value !== undefined),
    );
    if (password !== undefined) {
      const user = await this.get(username);
      if (by?.kind === 'user' && by.subject === user.username) {
        await this.assertPassword(username, currentPassword, from);
      }
      given.password = await this.hasher.hash(password, from);
    }
    return this.change(username, given);
  }

  /** The original's GET /status/{username}. @throws UserNotFoundError */
  async toggleEnabled(username: string): Promise<void> {
    await this.change(username, (user) => ({ enabled: !user.enabled }));
  }

  /** @throws UserNotFoundError */
  async delete(username: string): Promise<void> {
    const existed = await this.database.transaction((manager) => this.users.delete(manager, username));
    this.states.forget(username);
    if (!existed) throw new UserNotFoundError();
  }

  private async create(
    user: NewUser,
    from: string,
    mail?: { isByAdministrator: boolean; traceHeader: string },
  ): Promise<UserRow> {
    const { username, email, firstname, lastname, role, enabled = false } = user;
    const password = await this.hasher.hash(user.password, from);
    const row = { username, email, role, enabled, firstname, lastname };
    await this.database.transaction(async (manager) => {
      await this.users.insert(manager, { ...row, password });
      if (mail) await this.mails.add(manager, row, mail.isByAdministrator, mail.traceHeader);
    });
    if (mail) this.outbox.wake();
    return row;
  }

  private async change(
    username: string,
    changes: Partial<UserRecord> | ((user: UserRow) => Partial<UserRow>),
  ): Promise<UserRow> {
    const changed = await this.database.transaction(async (manager) => {
      const user = await this.users.lock(manager, username);
      if (!user) throw new UserNotFoundError();
      assertReach(user);
      const wanted = differing(user, typeof changes === 'function' ? changes(user) : changes);
      assertEmail(user.email, wanted.email);
      if (Object.keys(wanted).length > 0) await this.users.update(manager, username, wanted);
      const { password: _password, ...shown } = wanted;
      return { ...user, ...shown };
    });
    this.states.forget(username);
    return changed;
  }

  private async assertPassword(username: string, password: string | undefined, from: string): Promise<void> {
    if (password === undefined) {
      throw new ValidationError([{ field: 'currentPassword', message: 'is missing' }]);
    }
    if (!(await this.credentials.check(username, password, from))) throw new WrongPasswordError();
  }
}

/**
 * A user may reach the own record only, and names that an issuer tells apart may lead to one record here (`jäne` and
 * `jane`): the record must have the name that the token says.
 *
 * @throws ForbiddenError
 */
function assertReach({ username }: UserRow): void {
  const owner = currentOwner();
  if (owner !== undefined && owner !== username) throw new ForbiddenError();
}

/** What of the changes is one: tokens must not end because a field was sent as it is. */
function differing(user: UserRow, changes: Partial<UserRecord>): Partial<UserRecord> {
  const present: Partial<UserRecord> = user;
  return Object.fromEntries(
    Object.entries(changes).filter(([field, value]) => value !== present[field as keyof UserRecord]),
  );
}

/** An old row may keep an address that a new one could not have. */
function assertEmail(present: string, wanted: string | undefined): void {
  if (wanted === undefined || emailKey(wanted) === emailKey(present)) return;
  const problem = emailAddressProblem(wanted);
  if (problem !== undefined) throw new ValidationError([{ field: 'email', message: problem }]);
}
