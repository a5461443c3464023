import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LocalAuth, localAuth, signWith } from './support/local-auth.js';
import { OAuthApi } from './support/oauth-api.js';
import { startService, type TestService } from './support/service.js';

const RUNS = { numRuns: 300 };

let auth: LocalAuth;
let service: TestService;
let oauth: OAuthApi;
beforeAll(async () => {
  auth = localAuth('ed25519');
  service = await startService(auth.environment);
  oauth = new OAuthApi(service.url);
});
afterAll(async () => {
  await service.stop();
  auth.drop();
});

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Names that mean something, so that the strange values are looked at. */
const claims = fc.dictionary(
  fc.constantFrom('iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'user_name', 'stamp', 'client_id', 'authorities'),
  fc.oneof(fc.jsonValue(), fc.constantFrom('usermgmt', 'page', 2 ** 40)),
);
const header = fc.dictionary(
  fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'cty', 'zip'),
  fc.oneof(fc.jsonValue(), fc.constantFrom('EdDSA', 'RS256', 'none')),
);

describe('tokens of any content get 401, never an error of the server', () => {
  it('unsigned, of any header and claims', async () => {
    await fc.assert(
      fc.asyncProperty(header, claims, fc.base64String(), async (head, body, signature) => {
        const token = `${part(head)}.${part(body)}.${signature.replaceAll(/[+/=]/g, 'x')}`;
        expect(await oauth.status('users', token)).toBe(401);
      }),
      RUNS,
    );
  });

  it('of any characters that a header may hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\x21-\x7e]{1,200}$/), async (token) => {
        expect(await oauth.status('users', token)).toBe(401);
      }),
      RUNS,
    );
  });

  it('signed with the very key, of any claims', async () => {
    const file = auth.environment.AUTH_SIGNING_KEY_FILE!;
    const good = { iss: 'usermgmt', aud: 'usermgmt', sub: 'x', exp: 2 ** 40, client_id: 'nobody' };
    await fc.assert(
      fc.asyncProperty(claims, async (changes) => {
        const token = await signWith(file, { ...good, ...changes }).catch(() => '');
        // Some of them make the token of the client `nobody`, who may do nothing.
        expect([401, 403]).toContain(await oauth.status('users', token));
      }),
      RUNS,
    );
  });
});
