import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { type TestApplication, ready, startApplication } from './support/application.js';
import { migrated, sqliteDatabase, type TestDatabase } from './support/database.js';
import { type LocalAuth, localAuth, SECRET } from './support/local-auth.js';
import { OAuthApi } from './support/oauth-api.js';

let auth: LocalAuth;
let database: TestDatabase;
beforeAll(async () => {
  auth = localAuth('rsa');
  database = await migrated(await sqliteDatabase());
});
afterAll(async () => {
  await database.drop();
  auth.drop();
});

const tokenOf = async ({ url }: TestApplication): Promise<string> => {
  const form = { grant_type: 'client_credentials' };
  return String((await new OAuthApi(url).post('token', form, `reader:${SECRET}`)).body.access_token);
};

it('a key is replaced by three rollouts, during which every replica takes every token', async () => {
  const [old, next] = [auth.environment.AUTH_SIGNING_KEY_FILE!, auth.addKey('next', 'ed25519')];
  const start = async (signing: string, accepted: string): Promise<TestApplication> => {
    const keys = { AUTH_SIGNING_KEY_FILE: signing, AUTH_ACCEPTED_KEY_FILES: accepted };
    const replica = await startApplication({ ...auth.environment, ...database.environment, ...keys });
    await ready(replica.url);
    return replica;
  };
  const rollouts = [
    [old, next],
    [next, old],
    [next, ''],
  ] as const;
  const issuedBefore: string[] = [];
  const algorithms: (string | undefined)[] = [];
  let present = await start(old, '');
  for (const [signing, accepted] of rollouts) {
    const coming = await start(signing, accepted);
    const tokens = [await tokenOf(present), await tokenOf(coming)];
    algorithms.push(decodeProtectedHeader(tokens[1]!).alg);
    for (const { url } of [present, coming]) {
      const keys = createRemoteJWKSet(new URL(`${url}/usermgmt/.well-known/jwks.json`));
      for (const token of tokens) {
        expect(await new OAuthApi(url).status('users', token)).toBe(200);
        await jwtVerify(token, keys, { issuer: 'usermgmt' });
      }
    }
    await present.app.close();
    issuedBefore.push(tokens[0]!);
    present = coming;
  }
  expect(algorithms).toEqual(['RS256', 'EdDSA', 'EdDSA']);
  // The old key is gone: what it has signed counts no more, which is how a stolen key is dealt with.
  const statuses = await Promise.all(
    issuedBefore.map((token) => new OAuthApi(present.url).status('users', token)),
  );
  expect(statuses).toEqual([401, 401, 200]);
  await present.app.close();
});
