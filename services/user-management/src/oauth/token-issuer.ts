import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usermgmt/service-kit/app-error';
import { type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import { CONFIG, type Config } from '../config.js';
import type { UserCredentials } from '../users/user.js';
import type { OAuthClient } from './client-list.js';
import type { SigningKey, SigningKeys } from './signing-keys.js';

/** Injection token of the {@link SigningKeys}; undefined unless AUTH_MODE is local. */
export const SIGNING_KEYS = Symbol('SigningKeys');

/** The issuer's name in tokens when none is configured. */
export const DEFAULT_ISSUER = 'usermgmt';

/** The one scope there is, as in the original: roles decide, not scopes. */
export const SCOPE = 'all';

/** An access token, and what its answer tells of it. */
export interface IssuedToken {
  token: string;
  id: string;
}

/** Signs access tokens (JWT). Their claims are those of RFC 9068 and, for clients of the original, Spring's. */
@Injectable()
export class TokenIssuer {
  constructor(
    @Inject(SIGNING_KEYS) private readonly keys: SigningKeys | undefined,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A token by which a client acts for a user. */
  forUser({ username, role, securityStamp }: UserCredentials, client: OAuthClient): Promise<IssuedToken> {
    return this.sign(username, this.config.AUTH_AUDIENCE, this.config.AUTH_TOKEN_SECONDS, {
      client_id: client.id,
      scope: [SCOPE],
      user_name: username,
      authorities: [role],
      stamp: securityStamp,
    });
  }

  /** A token by which a client acts for itself. */
  forClient({ id, roles }: OAuthClient): Promise<IssuedToken> {
    const claims = { client_id: id, scope: [SCOPE], authorities: roles };
    return this.sign(id, this.config.AUTH_AUDIENCE, this.config.AUTH_TOKEN_SECONDS, claims);
  }

  /** A token by which this service itself calls another one. @param seconds until it ends */
  async forService(subject: string, audience: string, seconds: number): Promise<string> {
    return (await this.sign(subject, audience, seconds, { client_id: subject })).token;
  }

  /** What signs at present. @throws AppError unless AUTH_MODE is local */
  get key(): SigningKey {
    return this.present.present;
  }

  /** What tokens are checked with. @throws AppError unless AUTH_MODE is local */
  get published(): JSONWebKeySet {
    return this.present.published;
  }

  private async sign(
    subject: string,
    audience: string,
    seconds: number,
    claims: JWTPayload,
  ): Promise<IssuedToken> {
    const { kid, algorithm, privateKey } = this.key;
    const id = randomUUID();
    const now = Math.floor(Date.now() / 1_000);
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
      .setIssuer(this.config.AUTH_ISSUER ?? DEFAULT_ISSUER)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .setJti(id)
      .sign(privateKey);
    return { token, id };
  }

  private get present(): SigningKeys {
    if (this.keys) return this.keys;
    throw new AppError(404, 'NO_TOKENS_HERE', 'This service issues no tokens: AUTH_MODE is not local');
  }
}
