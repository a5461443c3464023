import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAuth, localAuth } from './support/local-auth.js';
import { OAuthApi } from './support/oauth-api.js';
import { startService, type TestService } from './support/service.js';

const HEADER = 'x-amzn-oidc-accesstoken';

let auth: LocalAuth;
let service: TestService;
let oauth: OAuthApi;
let token: string;
beforeAll(async () => {
  auth = localAuth();
  service = await startService({ ...auth.environment, AUTH_TOKEN_HEADER: HEADER });
  oauth = new OAuthApi(service.url);
  token = String((await oauth.credentials('reader')).body.access_token);
});
afterAll(async () => {
  await service.stop();
  auth.drop();
});

const read = (value: string) => fetch(`${service.url}/usermgmt/users`, { headers: { [HEADER]: value } });

/** Spellings that decoders of base64 take for the same signature. */
const spellings: [string, (good: string) => string][] = [
  ['a space in it', (good) => `${good.slice(0, -5)} ${good.slice(-5)}`],
  ['tabs in it', (good) => `${good.slice(0, -5)}\t\t${good.slice(-5)}`],
  ['padding', (good) => `${good}==`],
  ['the alphabet of base64', (good) => good.replaceAll('-', '+').replaceAll('_', '/')],
  ['no end', (good) => good.padEnd(9_000, 'A')],
];

describe('a token in a header of its own', () => {
  it('is accepted as it was made', async () => {
    expect((await read(token)).status).toBe(200);
    expect((await read(`  ${token} `)).status).toBe(200);
  });

  it.each(spellings)('is refused with %s', async (_what, spell) => {
    const response = await read(spell(token));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it.each(spellings)('is not recognised at check_token with %s', async (_what, spell) => {
    const secret = 'reader:client-secret';
    expect((await oauth.post('check_token', { token }, secret)).body).toMatchObject({ active: true });
    expect((await oauth.post('check_token', { token: spell(token) }, secret)).body).toMatchObject({
      error: 'invalid_token',
    });
  });
});
