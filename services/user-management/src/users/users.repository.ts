import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { duplicateOf } from '../database/database-errors.js';
import type { UserCredentials, UserRecord, UserRow } from './user.js';
import { User } from './user.entity.js';
import { newSecurityStamp } from './security-stamp.js';
import { EmailTakenError, UsernameTakenError } from './user.errors.js';
import { emailKey, usernameKey } from './user-key.js';

/** How both databases return it: a boolean is 0 or 1. */
type StoredUser = Omit<UserRow, 'enabled'> & { enabled: number | boolean };

/** A BIGINT may come as text. */
type StoredCredentials = Omit<UserCredentials, 'enabled' | 'securityStamp'> & {
  enabled: number | boolean;
  securityStamp: number | string;
};

const TOKENS_DEPEND_ON = ['password', 'role', 'enabled'] as const;

const COLUMNS = 'username, email, role, enabled, firstname, lastname';
const INSERT = `INSERT INTO users (username_key, email_key, ${COLUMNS}, password, security_stamp)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/**
 * SQL on `users`. Reads are plain SQL, rows shaped for the answer; writes go
 * through TypeORM in the caller's transaction. Names and addresses are found
 * by their keys, so in any case (and, for names, with any accents).
 */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  async findByName(username: string): Promise<UserRow | undefined> {
    return this.one('WHERE username_key = ?', usernameKey(username));
  }

  async findByEmail(email: string): Promise<UserRow | undefined> {
    return this.one('WHERE email_key = ?', emailKey(email));
  }

  /** What a login of this user is checked against. */
  async credentialsOf(username: string): Promise<UserCredentials | undefined> {
    return this.credentialsByKey(usernameKey(username));
  }

  /** The same, by the key of a name. */
  async credentialsByKey(key: string): Promise<UserCredentials | undefined> {
    const [row] = await this.database.query<StoredCredentials>(
      `SELECT username, role, enabled, password, security_stamp AS securityStamp
       FROM users WHERE username_key = ?`,
      [key],
    );
    return row && { ...row, enabled: Boolean(row.enabled), securityStamp: Number(row.securityStamp) };
  }

  /** Replaces a hash by a better one of the same password, unless the password was changed meanwhile. */
  async upgradePassword({ username, password }: UserCredentials, better: string): Promise<void> {
    await this.database.transaction((manager) =>
      manager.update(User, { usernameKey: usernameKey(username), password }, { password: better }),
    );
  }

  /** At most `limit` users whose key is greater than that of `after`, in the order of the keys. */
  async page(after: string | undefined, limit: number): Promise<UserRow[]> {
    const [where, parameters] =
      after === undefined ? ['', []] : ['WHERE username_key > ?', [usernameKey(after)]];
    const rows = await this.database.query<StoredUser>(
      `SELECT ${COLUMNS} FROM users ${where} ORDER BY username_key LIMIT ?`,
      [...parameters, limit],
    );
    return rows.map(toRow);
  }

  /** @throws UsernameTakenError, also if both are taken, or EmailTakenError */
  async insert(manager: EntityManager, user: UserRecord): Promise<void> {
    const { username, email, role, enabled, firstname, lastname, password } = user;
    const values = [
      username,
      email,
      role,
      Number(enabled),
      firstname,
      lastname,
      password,
      newSecurityStamp(),
    ];
    try {
      await refusingDuplicates(manager.query(INSERT, [usernameKey(username), emailKey(email), ...values]));
    } catch (error) {
      // SQLite looks at the address first, MySQL at the name.
      if (error instanceof EmailTakenError && (await this.lock(manager, user.username))) {
        throw new UsernameTakenError();
      }
      throw error;
    }
  }

  /** Reads a user and keeps others from changing it until the transaction ends. */
  async lock(manager: EntityManager, username: string): Promise<UserRow | undefined> {
    const [row] = await manager.query<StoredUser[]>(
      `SELECT ${COLUMNS} FROM users WHERE username_key = ? ${this.database.isMysql ? 'FOR UPDATE' : ''}`,
      [usernameKey(username)],
    );
    return row && toRow(row);
  }

  /**
   * Changes a user that {@link lock} found. With another password, role or
   * enabled all tokens of the user end. @throws EmailTakenError
   */
  async update(manager: EntityManager, username: string, changes: Partial<UserRecord>): Promise<void> {
    const { email, ...others } = changes;
    await refusingDuplicates(
      manager.update(
        User,
        { usernameKey: usernameKey(username) },
        {
          ...others,
          ...(email !== undefined && { email, emailKey: emailKey(email) }),
          ...(TOKENS_DEPEND_ON.some((field) => field in changes) && { securityStamp: newSecurityStamp() }),
        },
      ),
    );
  }

  /** Ends all tokens of a user. @returns whether there is such a user */
  async endTokens(manager: EntityManager, username: string): Promise<boolean> {
    const { affected } = await manager.update(
      User,
      { usernameKey: usernameKey(username) },
      { securityStamp: newSecurityStamp() },
    );
    return affected === 1;
  }

  /** @returns whether there was such a user */
  async delete(manager: EntityManager, username: string): Promise<boolean> {
    const { affected } = await manager.delete(User, { usernameKey: usernameKey(username) });
    return affected === 1;
  }

  private async one(where: string, key: string): Promise<UserRow | undefined> {
    const [row] = await this.database.query<StoredUser>(`SELECT ${COLUMNS} FROM users ${where}`, [key]);
    return row && toRow(row);
  }
}

/** Plain assignment keeps the object's shape for V8. */
function toRow(row: StoredUser): UserRow {
  row.enabled = Boolean(row.enabled);
  return row as UserRow;
}

async function refusingDuplicates(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    const duplicate = duplicateOf(error);
    if (duplicate === undefined) throw error;
    throw duplicate === 'email' ? new EmailTakenError() : new UsernameTakenError();
  }
}
