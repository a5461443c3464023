import { Logger } from '@nestjs/common';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { UnavailableError } from '../app-error.js';
import { reasonOf } from '../reason.js';
import { type KeyRequest, keyFetch } from './key-fetch.js';

/** Keys are asked for again after this long, or when a token names one that is not known, at most every 5 s. */
const MAX_AGE_MS = 600_000;
const COOLDOWN_MS = 5_000;
const TIMEOUT_MS = 3_000;
/** After a failure nobody asks for this long. */
const RETRY_MS = 5_000;

/**
 * The public keys of an issuer, by its JWKS. While the issuer is away, the keys
 * that are known go on counting: its outage ends no session here.
 *
 * @returns throws UnavailableError while no keys are known
 */
export function remoteKeys(url: string, request: KeyRequest): JWTVerifyGetKey {
  const logger = new Logger('auth');
  const { hostname } = new URL(url);
  const remote = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: MAX_AGE_MS,
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: keyFetch(request),
  });
  let askAgainAt = 0;
  const known: JWTVerifyGetKey = (header, token) => {
    const keys = remote.jwks();
    if (keys) return createLocalJWKSet(keys)(header, token);
    throw new UnavailableError('AUTH_UNAVAILABLE', 'Tokens can not be checked at the moment; try again', {
      retryAfterSeconds: RETRY_MS / 1_000,
    });
  };
  return async (header, token) => {
    if (Date.now() < askAgainAt) return known(header, token);
    try {
      return await remote(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      askAgainAt = Date.now() + RETRY_MS;
      logger.warn({ msg: 'the keys of the issuer can not be had', reason: reasonOf(error, hostname) });
      return known(header, token);
    }
  };
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
