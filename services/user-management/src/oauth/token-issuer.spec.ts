import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { type LocalAuth, localAuth } from '../../test/support/local-auth.js';
import type { Config } from '../config.js';
import type { UserCredentials } from '../users/user.js';
import type { OAuthClient } from './client-list.js';
import { readSigningKeys, type SigningKeys } from './signing-keys.js';
import { TokenIssuer } from './token-issuer.js';

const config = { AUTH_AUDIENCE: 'users', AUTH_TOKEN_SECONDS: 600 } as Config;
const client = { id: 'reader', roles: ['ROLE_MODERATOR'] } as unknown as OAuthClient;
const user = { username: 'jane', role: 'ROLE_USER', securityStamp: 7 } as UserCredentials;

let auth: LocalAuth;
let other: string;
let keys: SigningKeys;
beforeAll(async () => {
  auth = localAuth('ed25519');
  other = auth.addKey('other', 'rsa');
  keys = await readSigningKeys(auth.environment.AUTH_SIGNING_KEY_FILE!, [other]);
});
afterAll(() => {
  auth.drop();
});

/** Checks a token's signature with the published keys. @returns its claims */
async function claimsOf(token: string): Promise<JWTPayload> {
  return (await jwtVerify(token, createLocalJWKSet(keys.published))).payload;
}

describe('TokenIssuer', () => {
  it('issues a token for a user, with the user name, the role and the stamp', async () => {
    const { token, id } = await new TokenIssuer(keys, config).forUser(user, client);
    const claims = await claimsOf(token);
    expect(claims).toEqual({
      iss: 'usermgmt',
      sub: 'jane',
      aud: 'users',
      client_id: 'reader',
      scope: ['all'],
      user_name: 'jane',
      authorities: ['ROLE_USER'],
      stamp: 7,
      jti: id,
      iat: expect.any(Number),
      exp: claims.iat! + 600,
    });
    expect(Math.abs(claims.iat! * 1_000 - Date.now())).toBeLessThanOrEqual(60_000);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', kid: keys.present.kid, typ: 'JWT' });
  });

  it("issues a token for a client, with the client's own roles and no user name", async () => {
    const { token, id } = await new TokenIssuer(keys, { ...config, AUTH_ISSUER: 'https://id' }).forClient(
      client,
    );
    const claims = await claimsOf(token);
    expect(claims).toEqual({
      iss: 'https://id',
      sub: 'reader',
      aud: 'users',
      client_id: 'reader',
      scope: ['all'],
      authorities: ['ROLE_MODERATOR'],
      jti: id,
      iat: expect.any(Number),
      exp: claims.iat! + 600,
    });
  });

  it('issues a token for this service, with its own audience and lifetime, and without a role', async () => {
    const claims = await claimsOf(await new TokenIssuer(keys, config).forService('me', 'notification', 300));
    expect(claims).toEqual({
      iss: 'usermgmt',
      sub: 'me',
      aud: 'notification',
      client_id: 'me',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: claims.iat! + 300,
    });
  });

  it('gives each token a different id', async () => {
    const issuer = new TokenIssuer(keys, config);
    expect((await issuer.forUser(user, client)).id).not.toBe((await issuer.forUser(user, client)).id);
  });

  it('has no keys and issues no tokens unless AUTH_MODE is local', async () => {
    const issuer = new TokenIssuer(undefined, config);
    const refusal = { status: 404, code: 'NO_TOKENS_HERE' };
    await expect(issuer.forUser(user, client)).rejects.toMatchObject(refusal);
    expect(() => issuer.published).toThrow(expect.objectContaining(refusal));
    expect(() => issuer.key).toThrow(expect.objectContaining(refusal));
    expect(new TokenIssuer(keys, config).published).toBe(keys.published);
  });
});

describe('readSigningKeys', () => {
  it('publishes the key that signs first, then each accepted key once, without private parts', async () => {
    const signing = auth.environment.AUTH_SIGNING_KEY_FILE!;
    const { present, published } = await readSigningKeys(signing, [other, signing, other]);
    expect(present).toMatchObject({ algorithm: 'EdDSA' });
    expect(present.privateKey.type).toBe('private');
    expect(present.publicKey.type).toBe('public');
    expect(published.keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: present.kid, alg: 'EdDSA', use: 'sig' },
      { kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: expect.any(String), alg: 'RS256', use: 'sig' },
    ]);
    const [, rsa] = published.keys;
    expect((await readSigningKeys(other, [])).present).toMatchObject({ kid: rsa!.kid, algorithm: 'RS256' });
  });
});
