import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { RefreshToken } from './refresh-token.entity.js';

/** What a refresh token stands for. Times are ms since 1970. */
export interface RefreshGrant {
  family: string;
  usernameKey: string;
  clientId: string;
  securityStamp: number;
  /** When the login must be repeated, however often the token was replaced. */
  expiresAt: number;
}

/** BIGINTs may come as text. */
type Stored = Omit<RefreshGrant, 'securityStamp' | 'expiresAt'> & {
  securityStamp: number | string;
  expiresAt: number | string;
  usedAt: number | string | null;
};

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** SQL on `refresh_tokens`. */
@Injectable()
export class RefreshTokensRepository {
  constructor(private readonly database: Database) {}

  async insert(token: string, grant: RefreshGrant): Promise<void> {
    await this.database.transaction((manager) => insert(manager, token, grant));
  }

  /**
   * Replaces a token by another one of its family. A token that was replaced
   * before was copied: then the whole family ends.
   *
   * @param clientId who must have got it
   * @returns what it stands for; undefined if it does not count
   */
  async replace(
    token: string,
    next: string,
    clientId: string,
    now: number,
  ): Promise<RefreshGrant | undefined> {
    return this.database.transaction(async (manager) => {
      const found = await this.lock(manager, token);
      if (found?.clientId !== clientId) return undefined;
      const { usedAt, ...grant } = found;
      if (usedAt !== null) {
        await manager.delete(RefreshToken, { family: grant.family });
        return undefined;
      }
      if (grant.expiresAt <= now) return undefined;
      await manager.update(RefreshToken, { hash: hashOf(token) }, { usedAt: now });
      await insert(manager, next, grant);
      return grant;
    });
  }

  /** Ends a token and all others of its login, if it is the client's. */
  async revoke(token: string, clientId: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const found = await this.lock(manager, token);
      if (found?.clientId === clientId) await manager.delete(RefreshToken, { family: found.family });
    });
  }

  /** Deletes what has expired; on MySQL at most `limit` rows. */
  async deleteExpired(now: number, limit: number): Promise<void> {
    const most = this.database.isMysql ? `LIMIT ${limit}` : '';
    await this.database.transaction((manager) =>
      manager.query(`DELETE FROM refresh_tokens WHERE expires_at <= ? ${most}`, [now]),
    );
  }

  private async lock(manager: EntityManager, token: string) {
    const [row] = await manager.query<Stored[]>(
      `SELECT family, username_key AS usernameKey, client_id AS clientId, security_stamp AS securityStamp,
         expires_at AS expiresAt, used_at AS usedAt
       FROM refresh_tokens WHERE hash = ? ${this.database.isMysql ? 'FOR UPDATE' : ''}`,
      [hashOf(token)],
    );
    return row && { ...row, securityStamp: Number(row.securityStamp), expiresAt: Number(row.expiresAt) };
  }
}

async function insert(manager: EntityManager, token: string, grant: RefreshGrant): Promise<void> {
  await manager.insert(RefreshToken, { ...grant, hash: hashOf(token), usedAt: null });
}
