import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database } from '../database/database.js';
import { Credentials } from '../users/credentials.js';
import type { UserCredentials } from '../users/user.js';
import { usernameKey } from '../users/user-key.js';
import { UsersRepository } from '../users/users.repository.js';
import { GRANTS, type OAuthClient } from './client-list.js';
import { OAuthError } from './oauth-error.js';
import type { TokenRequest, TokenResponse } from './oauth.schemas.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { type IssuedToken, SCOPE, TokenIssuer } from './token-issuer.js';

const REFRESH_TOKEN_BYTES = 32;
/** Expired refresh tokens are deleted when one is made, these many at a time. */
const PURGE_ROWS = 100;

/** The grants of RFC 6749: who gets which tokens for what. */
@Injectable()
export class OAuthService {
  constructor(
    private readonly credentials: Credentials,
    private readonly users: UsersRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly issuer: TokenIssuer,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @param from the client's network
   * @throws OAuthError, LoginDelayedError, UnavailableError
   */
  async grant(request: TokenRequest, client: OAuthClient, from: string): Promise<TokenResponse> {
    const grant = GRANTS.find((name) => name === request.grant_type);
    if (!grant) throw new OAuthError('unsupported_grant_type', `Grants are ${GRANTS.join(', ')}`);
    if (!client.grants.includes(grant)) {
      throw new OAuthError('unauthorized_client', 'This client may not use this grant');
    }
    if (request.scope !== undefined && request.scope !== '' && request.scope !== SCOPE) {
      throw new OAuthError('invalid_scope', `The only scope is ${SCOPE}`);
    }
    switch (grant) {
      case 'password':
        return this.byPassword(request, client, from);
      case 'refresh_token':
        return this.byRefreshToken(request, client);
      case 'client_credentials':
        return this.answer(await this.issuer.forClient(client));
    }
  }

  /** Ends a refresh token, with all that followed from the same login. */
  async revoke(token: string, client: OAuthClient): Promise<void> {
    if (token.includes('.')) {
      throw new OAuthError(
        'unsupported_token_type',
        'Only refresh tokens can be revoked; others are short-lived',
      );
    }
    await this.refreshTokens.revoke(token, client.id);
  }

  private async byPassword(
    { username, password }: TokenRequest,
    client: OAuthClient,
    from: string,
  ): Promise<TokenResponse> {
    if (username === undefined || password === undefined) {
      throw new OAuthError('invalid_request', 'username and password must be given');
    }
    const user = await this.credentials.check(username, password, from);
    if (!user) throw new OAuthError('invalid_grant', 'Bad credentials');
    const issued = await this.issuer.forUser(user, client);
    return this.answer(issued, await this.firstRefreshToken(user, client));
  }

  private async byRefreshToken(
    { refresh_token: token }: TokenRequest,
    client: OAuthClient,
  ): Promise<TokenResponse> {
    if (token === undefined) throw new OAuthError('invalid_request', 'refresh_token must be given');
    const replaced = await this.refreshTokens.replace(token, client.id, await this.database.now());
    const user = replaced && (await this.users.credentialsByKey(replaced.grant.usernameKey));
    // The user was disabled, or became another one, since the login.
    if (!user?.enabled || user.securityStamp !== replaced?.grant.securityStamp) {
      if (replaced) await this.refreshTokens.revoke(replaced.next, client.id);
      throw new OAuthError('invalid_grant', 'The refresh token is not, or no longer, valid');
    }
    return this.answer(await this.issuer.forUser(user, client), replaced.next);
  }

  private async firstRefreshToken(user: UserCredentials, client: OAuthClient): Promise<string | undefined> {
    if (!client.grants.includes('refresh_token')) return undefined;
    const token = randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');
    const now = await this.database.now();
    await this.refreshTokens.deleteExpired(now, PURGE_ROWS);
    await this.refreshTokens.insert(token, {
      family: randomUUID(),
      usernameKey: usernameKey(user.username),
      clientId: client.id,
      securityStamp: user.securityStamp,
      expiresAt: now + this.config.AUTH_REFRESH_TOKEN_SECONDS * 1_000,
    });
    return token;
  }

  private answer({ token, id }: IssuedToken, refreshToken?: string): TokenResponse {
    return {
      access_token: token,
      token_type: 'bearer',
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
      expires_in: this.config.AUTH_TOKEN_SECONDS,
      scope: SCOPE,
      jti: id,
    };
  }
}
