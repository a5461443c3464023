import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ValidationError } from '@usermgmt/service-kit/app-error';
import { isEmailAddress } from '@usermgmt/service-kit/email-address';
import { Database } from '../database/database.js';
import { userCreatedMail } from '../mail/user-created.mail.js';
import { Outbox } from '../outbox/outbox.js';
import { PasswordHasher } from './password-hasher.js';
import type { UserRow } from './user.js';
import { UserNotFoundError } from './user.errors.js';
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
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Somebody signs up: always ROLE_USER, enabled as asked for. The user and
   * the promise of a mail are kept together, or neither is.
   */
  async signUp(user: NewUser, traceHeader: string): Promise<UserRow> {
    return this.create({ ...user, role: 'ROLE_USER' }, traceHeader);
  }

  /** An administrator makes a user with any role; no mail is sent. */
  async createByAdmin(user: NewUser): Promise<UserRow> {
    return this.create(user);
  }

  /** @throws UserNotFoundError */
  async get(username: string): Promise<UserRow> {
    const user = await this.users.findByName(username);
    if (!user) throw new UserNotFoundError();
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

  /** @throws UserNotFoundError, EmailTakenError */
  async replace({ username, email, firstname, lastname }: ReplaceUser): Promise<void> {
    await this.change(username, { email, firstname, lastname });
  }

  /** @throws UserNotFoundError, EmailTakenError */
  async patch(username: string, changes: PatchUser): Promise<UserRow> {
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    return this.change(username, given);
  }

  /** The original's GET /status/{username}. @throws UserNotFoundError */
  async toggleEnabled(username: string): Promise<void> {
    await this.change(username, (user) => ({ enabled: !user.enabled }));
  }

  /** @throws UserNotFoundError */
  async delete(username: string): Promise<void> {
    const existed = await this.database.transaction((manager) => this.users.delete(manager, username));
    if (!existed) throw new UserNotFoundError();
  }

  private async create(user: NewUser, traceHeader?: string): Promise<UserRow> {
    const { username, email, firstname, lastname, role, enabled = false } = user;
    const password = await this.hasher.hash(user.password);
    const row = { username, email, role, enabled, firstname, lastname };
    await this.database.transaction(async (manager) => {
      await this.users.insert(manager, { ...row, password });
      if (traceHeader !== undefined) await this.outbox.add(manager, userCreatedMail(row), traceHeader);
    });
    if (traceHeader !== undefined) this.outbox.wake();
    return row;
  }

  private async change(
    username: string,
    changes: Partial<UserRow> | ((user: UserRow) => Partial<UserRow>),
  ): Promise<UserRow> {
    return this.database.transaction(async (manager) => {
      const user = await this.users.lock(manager, username);
      if (!user) throw new UserNotFoundError();
      const wanted = typeof changes === 'function' ? changes(user) : changes;
      assertEmail(user.email, wanted.email);
      if (Object.keys(wanted).length > 0) await this.users.update(manager, username, wanted);
      return { ...user, ...wanted };
    });
  }
}

/** An old row may keep an address that a new one could not have. */
function assertEmail(present: string, wanted: string | undefined): void {
  if (wanted === undefined || emailKey(wanted) === emailKey(present) || isEmailAddress(wanted)) return;
  throw new ValidationError([{ field: 'email', message: 'must be an e-mail address' }]);
}
