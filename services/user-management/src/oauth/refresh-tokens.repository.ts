import { createHash, createHmac } from 'node:crypto';
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

/** The token that a client gets in exchange for a refresh token, and what both stand for. */
export interface Replacement {
  grant: RefreshGrant;
  next: string;
}

/** BIGINTs may come as text. */
type Stored = Omit<RefreshGrant, 'securityStamp' | 'expiresAt'> & {
  securityStamp: number | string;
  expiresAt: number | string;
  usedAt: number | string | null;
};

/**
 * How long after its first use a refresh token may be repeated, in ms: two tabs refresh at once, or the answer to the
 * first request was lost. Amazon Cognito allows 0 to 60 s (`RetryGracePeriodSeconds`), Okta and Auth0 have the same.
 */
export const REPEAT_MS = 10_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** SQL on `refresh_tokens`. */
@Injectable()
export class RefreshTokensRepository {
  constructor(private readonly database: Database) {}

  async insert(token: string, grant: RefreshGrant): Promise<void> {
    await this.database.transaction((manager) => insert(manager, token, grant));
  }

  /**
   * Replaces a token by its successor. Within {@link REPEAT_MS} the same token gives the same successor, as long as
   * the successor itself was not used. Any later use means that the token was copied: then the whole family ends.
   *
   * @param clientId the client that must have received it
   * @param now by the database's clock, which all instances share
   * @returns undefined if the token is not valid
   */
  async replace(token: string, clientId: string, now: number): Promise<Replacement | undefined> {
    return this.database.transaction(async (manager) => {
      const found = await this.lock(manager, token);
      if (found?.clientId !== clientId) return undefined;
      const { usedAt, ...grant } = found;
      const next = successorOf(token, grant.family);
      if (usedAt !== null) {
        const isRepeated = now - usedAt <= REPEAT_MS && (await this.lock(manager, next))?.usedAt === null;
        if (!isRepeated) await manager.delete(RefreshToken, { family: grant.family });
        return isRepeated && grant.expiresAt > now ? { grant, next } : undefined;
      }
      if (grant.expiresAt <= now) return undefined;
      await manager.update(RefreshToken, { hash: hashOf(token) }, { usedAt: now });
      await insert(manager, next, grant);
      return { grant, next };
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
    return (
      row && {
        ...row,
        securityStamp: Number(row.securityStamp),
        expiresAt: Number(row.expiresAt),
        usedAt: row.usedAt === null ? null : Number(row.usedAt),
      }
    );
  }
}

/**
 * The successor of a token, computed rather than stored, so that a repeat gets the same one. It needs the token, which
 * only the client has, and the family, 122 random bits that never leave the database: neither a copy of the database
 * nor an old token alone leads to it.
 */
const successorOf = (token: string, family: string): string =>
  createHmac('sha256', token).update(family).digest('base64url');

async function insert(manager: EntityManager, token: string, grant: RefreshGrant): Promise<void> {
  await manager.insert(RefreshToken, { ...grant, hash: hashOf(token), usedAt: null });
}
