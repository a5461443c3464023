import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { UnavailableError } from '../app-error.js';
import { UnauthorizedError } from './auth-errors.js';
import { isCompactToken } from './compact-token.js';
import type { Principal } from './principal.js';
import { PrincipalCache } from './principal-cache.js';
import { TokenVerifier } from './token-verifier.js';

/** What a token must be to count. */
export interface JwtRules {
  issuer: string;
  audience: string;
  /** The claim that names the audience: `aud`, or `client_id` in access tokens of Cognito. */
  audienceClaim: string;
  /** Asymmetric ones only: a public key must never be taken for a shared secret. */
  algorithms: readonly string[];
  clockSkewSeconds: number;
}

/** The claims of a token whose signature, issuer, audience and times were checked. */
export type Claims = JWTPayload & { sub: string; exp: number };

/** Checks JWTs (RFC 7519) against an issuer's public keys. */
export class JwtVerifier<P extends Principal = Principal> extends TokenVerifier {
  private readonly cache = new PrincipalCache<P>();

  /** @param principalOf reads the claims @param header see {@link TokenVerifier.header} */
  constructor(
    private readonly keys: JWTVerifyGetKey,
    private readonly rules: JwtRules,
    private readonly principalOf: (claims: Claims) => P,
    override readonly header = 'authorization',
  ) {
    super();
  }

  override verify(token: string | undefined): P | undefined | Promise<P> {
    if (token === undefined) return undefined;
    return this.cache.get(token) ?? this.check(token);
  }

  private async check(token: string): Promise<P> {
    if (!isCompactToken(token)) throw new UnauthorizedError('TOKEN_INVALID');
    const { issuer, audience, audienceClaim, algorithms, clockSkewSeconds } = this.rules;
    let claims: Claims;
    try {
      const { payload } = await jwtVerify<Claims>(token, this.keys, {
        issuer,
        algorithms: [...algorithms],
        clockTolerance: clockSkewSeconds,
        requiredClaims: ['exp', 'sub', audienceClaim],
      });
      claims = payload;
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      if (error instanceof errors.JOSEError) throw new UnauthorizedError('TOKEN_INVALID', error);
      throw error;
    }
    const isForUs = [claims[audienceClaim]].flat().includes(audience);
    // A signed claim may still be of any type.
    if (!isForUs || typeof claims.sub !== 'string') throw new UnauthorizedError('TOKEN_INVALID');
    const principal = this.principalOf(claims);
    this.cache.set(token, principal, (claims.exp + clockSkewSeconds) * 1_000);
    return principal;
  }
}
