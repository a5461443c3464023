import { beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTVerifyGetKey, SignJWT } from 'jose';
import { UnavailableError } from '../app-error.js';
import { type JwtRules, JwtVerifier } from './jwt.verifier.js';
import type { Principal } from './principal.js';

const RULES: JwtRules = {
  issuer: 'https://issuer',
  audience: 'users',
  audienceClaim: 'aud',
  algorithms: ['EdDSA'],
  clockSkewSeconds: 10,
};
const INVALID = { status: 401, code: 'TOKEN_INVALID' };

let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let keys: JWTVerifyGetKey;
beforeAll(async () => {
  pair = await generateKeyPair('EdDSA');
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'a' }] });
});

const verifierOf = (rules: Partial<JwtRules> = {}, by = keys): JwtVerifier =>
  new JwtVerifier(by, { ...RULES, ...rules }, ({ sub }): Principal => ({
    kind: 'user',
    subject: sub,
    roles: [],
  }));

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** A token that is accepted by {@link RULES}, but for the changes; a claim that is undefined is left out. */
const token = (changes: object = {}): Promise<string> =>
  new SignJWT({ iss: 'https://issuer', sub: 'jane', aud: 'users', exp: nowSeconds() + 600, ...changes })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'a' })
    .sign(pair.privateKey);

describe('JwtVerifier', () => {
  it('answers without work where there is no token', () => {
    expect(verifierOf().verify(undefined)).toBeUndefined();
    expect(verifierOf().header).toBe('authorization');
  });

  it('reads the claims of a token, and remembers it', async () => {
    const verifier = verifierOf();
    const text = await token();
    const first = verifier.verify(text);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toEqual({ kind: 'user', subject: 'jane', roles: [] });
    expect(verifier.verify(text)).toEqual({ kind: 'user', subject: 'jane', roles: [] });
  });

  it.each([
    ['that has ended, within the clock skew', () => ({ exp: nowSeconds() - 5 })],
    ['whose audience is one of several', () => ({ aud: ['others', 'users'] })],
  ])('accepts a token %s', async (_what, changes) => {
    expect(await verifierOf().verify(await token(changes()))).toMatchObject({ subject: 'jane' });
  });

  it('remembers a token until the clock skew after its end', async () => {
    const verifier = verifierOf({ clockSkewSeconds: 60 });
    const text = await token({ exp: nowSeconds() - 5 });
    await verifier.verify(text);
    expect(verifier.verify(text)).toMatchObject({ subject: 'jane' });
  });

  it.each([
    ['that ended before the clock skew', () => ({ exp: nowSeconds() - 11 })],
    ['without an end', () => ({ exp: undefined })],
    ['without a subject', () => ({ sub: undefined })],
    ['with a subject that is no text', () => ({ sub: 17 })],
    ['without an audience', () => ({ aud: undefined })],
    ['for another audience', () => ({ aud: 'others' })],
    ['of another issuer', () => ({ iss: 'https://other' })],
  ])('refuses a token %s', async (_what, changes) => {
    await expect(verifierOf().verify(await token(changes()))).rejects.toMatchObject(INVALID);
  });

  it('finds the audience in the claim that is configured', async () => {
    const verifier = verifierOf({ audienceClaim: 'client_id' });
    expect(await verifier.verify(await token({ aud: 'any', client_id: 'users' }))).toBeDefined();
    await expect(verifier.verify(await token({ client_id: 'others' }))).rejects.toMatchObject(INVALID);
    await expect(verifier.verify(await token())).rejects.toMatchObject(INVALID);
  });

  it('refuses an algorithm that is not allowed, and a text that is no token', async () => {
    await expect(verifierOf({ algorithms: ['RS256'] }).verify(await token())).rejects.toMatchObject(INVALID);
    await expect(verifierOf().verify('a.b')).rejects.toMatchObject(INVALID);
    await expect(verifierOf().verify(`${await token()}=`)).rejects.toMatchObject(INVALID);
  });

  it.each([
    ['an outage', new UnavailableError('AUTH_UNAVAILABLE', 'The issuer does not answer')],
    ['an unexpected error', new TypeError('x is not a function')],
  ])('passes on %s of the source of the keys, which says nothing about the token', async (_what, error) => {
    const verifier = verifierOf({}, () => Promise.reject(error));
    await expect(verifier.verify(await token())).rejects.toBe(error);
  });
});
