import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeJwt, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { OAuthClients } from '../src/oauth/oauth-clients.js';
import { TokenIssuer } from '../src/oauth/token-issuer.js';
import { UsersRepository } from '../src/users/users.repository.js';
import { type AccessFixture, describeAccess } from './access.contract.js';
import { localAuth, signWith } from './support/local-auth.js';
import { startService } from './support/service.js';

async function start(): Promise<AccessFixture> {
  const auth = localAuth();
  const service = await startService({
    ...auth.environment,
    // What a test changes in the table counts at once.
    AUTH_USER_CHECK_SECONDS: '0',
    LEGACY_WRITING_GETS: 'true',
  });
  const [issuer, clients, users] = [
    service.app.get(TokenIssuer),
    service.app.get(OAuthClients),
    service.app.get(UsersRepository, { strict: false }),
  ];
  const tokenOf = async (username: string): Promise<string> => {
    const user = await users.credentialsOf(username);
    return (await issuer.forUser(user!, clients.find('page')!)).token;
  };
  const signingFile = auth.environment.AUTH_SIGNING_KEY_FILE!;
  /** The claims of a token that counts, changed, and signed with the very key. */
  const changed = async (username: string, changes: JWTPayload): Promise<string> =>
    signWith(signingFile, { ...decodeJwt(await tokenOf(username)), ...changes });
  const after = async (username: string, change: string): Promise<string> => {
    const token = await tokenOf(username);
    await service.dataSource.query(`${change} WHERE username = ?`, [username]);
    return token;
  };
  return {
    service,
    userToken: tokenOf,
    issuesTokens: true,
    clientToken: async () => (await issuer.forClient(clients.find('nobody')!)).token,
    wrong: {
      expired: (username) => changed(username, { exp: Math.floor(Date.now() / 1_000) - 31 }),
      'wrongly signed': async (username) => (await tokenOf(username)).slice(0, -10) + 'AAAAAAAAAA',
      'signed by another key': async (username) =>
        signWith(auth.addKey('stranger', 'rsa'), decodeJwt(await tokenOf(username))),
      "another issuer's": (username) => changed(username, { iss: 'https://issuer.example.com' }),
      'for another audience': (username) => changed(username, { aud: 'notification' }),
      unsigned: async (username) => new UnsecuredJWT(decodeJwt(await tokenOf(username))).encode(),
      'signed with the public key as a secret': async (username) => {
        const pem = createPublicKey(readFileSync(signingFile)).export({ type: 'spki', format: 'pem' });
        const { keys } = issuer.published;
        return new SignJWT(decodeJwt(await tokenOf(username)))
          .setProtectedHeader({ alg: 'HS256', kid: keys[0]!.kid! })
          .sign(Buffer.from(pem));
      },
      "a disabled user's": (username) => after(username, 'UPDATE users SET enabled = 0'),
      'from before another password': (username) => after(username, 'UPDATE users SET security_stamp = 17'),
      "a deleted user's": (username) => after(username, 'DELETE FROM users'),
      'of a client that is gone': (username) => changed(username, { client_id: 'gone' }),
      'no token at all': () => 'a.b.c',
    },
    async stop() {
      await service.stop();
      auth.drop();
    },
  };
}

describeAccess('local', start, [
  'expired',
  'wrongly signed',
  'signed by another key',
  "another issuer's",
  'for another audience',
  'unsigned',
  'signed with the public key as a secret',
  "a disabled user's",
  'from before another password',
  "a deleted user's",
  'of a client that is gone',
  'no token at all',
]);
