import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Principal } from '@usermgmt/service-kit/auth/principal';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { OAuthClient } from '../oauth/client-list.js';
import type { OAuthClients } from '../oauth/oauth-clients.js';
import { LocalVerifier } from './local.verifier.js';
import type { UserState, UserStates } from './user-states.js';

const RULES = {
  issuer: 'usermgmt',
  audience: 'usermgmt',
  audienceClaim: 'aud',
  algorithms: ['EdDSA'],
  clockSkewSeconds: 0,
};
const INVALID = { status: 401, code: 'TOKEN_INVALID' };
const JANE: Principal = { kind: 'user', subject: 'jane', roles: ['ROLE_ADMIN'] };

let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let keys: JSONWebKeySet;
beforeAll(async () => {
  pair = await generateKeyPair('EdDSA');
  keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'a' }] };
});

const stateOf = jest.fn<UserStates['of']>();
let clients: Map<string, OAuthClient>;
let verifier: LocalVerifier;
beforeEach(() => {
  stateOf.mockReset().mockReturnValue({ principal: JANE, securityStamp: 7 });
  clients = new Map([['page', { id: 'page', roles: ['ROLE_MODERATOR'] } as unknown as OAuthClient]]);
  const list = { find: (id: string) => clients.get(id) } as unknown as OAuthClients;
  verifier = new LocalVerifier(keys, RULES, list, { of: stateOf } as unknown as UserStates, 'x-token');
});

const token = (claims: object): Promise<string> =>
  new SignJWT({ iss: 'usermgmt', sub: 'x', aud: 'usermgmt', client_id: 'page', ...claims })
    .setExpirationTime('1 h')
    .setProtectedHeader({ alg: 'EdDSA', kid: 'a' })
    .sign(pair.privateKey);
const forJane = (): Promise<string> => token({ user_name: 'JANE', stamp: 7 });

describe('LocalVerifier', () => {
  it('reads the header that is configured', () => {
    expect(verifier.header).toBe('x-token');
    expect(verifier.verify(undefined)).toBeUndefined();
  });

  it.each([
    ['at once', (state: UserState) => state],
    ['from the database', (state: UserState) => Promise.resolve(state)],
  ])('acts as the user is now, where that is known %s', async (_what, answer) => {
    stateOf.mockReturnValue(answer({ principal: JANE, securityStamp: 7 }));
    const text = await forJane();
    expect(await verifier.verify(text)).toBe(JANE);
    // The second time the signature is not checked again.
    expect(await verifier.verify(text)).toBe(JANE);
    expect(stateOf.mock.calls).toEqual([['jane'], ['jane']]);
  });

  it.each([
    ['whose user was changed since the login', { principal: JANE, securityStamp: 8 }],
    ['whose user does not exist', undefined],
  ])('refuses a token %s', async (_what, state) => {
    stateOf.mockReturnValue(state);
    const text = await forJane();
    await expect(verifier.verify(text)).rejects.toMatchObject(INVALID);
    stateOf.mockReturnValue(Promise.resolve(state));
    await expect(
      verifier.verify(await token({ user_name: 'jane', stamp: 7, jti: '2' })),
    ).rejects.toMatchObject(INVALID);
  });

  it.each([
    {},
    { user_name: 'jane' },
    { stamp: 7 },
    { user_name: 17, stamp: 7 },
    { user_name: 'jane', stamp: '7' },
  ])('acts as the client, with its roles, where the token names no user: %j', async (claims) => {
    expect(await verifier.verify(await token(claims))).toEqual({
      kind: 'client',
      subject: 'page',
      roles: ['ROLE_MODERATOR'],
    });
    expect(stateOf).not.toHaveBeenCalled();
  });

  it('refuses the tokens of a client that was removed', async () => {
    const [ofClient, ofUser] = [await token({}), await forJane()];
    clients.clear();
    await expect(verifier.verify(ofClient)).rejects.toMatchObject(INVALID);
    await expect(verifier.verify(ofUser)).rejects.toMatchObject(INVALID);
  });

  it('refuses a token that names no client', async () => {
    await expect(verifier.verify(await token({ client_id: undefined }))).rejects.toMatchObject(INVALID);
  });
});
