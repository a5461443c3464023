import { startIssuer } from '@usermgmt/testing/token-issuer';
import { type AccessFixture, describeAccess } from './access.contract.js';
import { startService } from './support/service.js';

async function start(): Promise<AccessFixture> {
  const [issuer, stranger] = [await startIssuer(), await startIssuer()];
  const service = await startService({
    AUTH_MODE: 'jwt',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_URL: issuer.jwksUrl,
    LEGACY_WRITING_GETS: 'true',
  });
  const admin = { claims: { authorities: ['ROLE_ADMIN'] } };
  return {
    service,
    userToken: (username, role) => issuer.token(username, 'usermgmt', { claims: { authorities: [role] } }),
    clientToken: () => issuer.token('some-program', 'usermgmt'),
    issuesTokens: false,
    wrong: {
      expired: (username) => issuer.token(username, 'usermgmt', { ...admin, lifetime: -31 }),
      'wrongly signed': async (username) =>
        (await issuer.token(username, 'usermgmt', admin)).slice(0, -10) + 'AAAAAAAAAA',
      "signed by another issuer's key": (username) =>
        stranger.token(username, 'usermgmt', { claims: { ...admin.claims, iss: issuer.issuer } }),
      "another issuer's": (username) => stranger.token(username, 'usermgmt', admin),
      'for another audience': (username) => issuer.token(username, 'notification', admin),
      unsigned: (username) => issuer.unsigned(username, 'usermgmt'),
      'signed with the public key as a secret': (username) =>
        issuer.signedWithPublicKey(username, 'usermgmt'),
      'no token at all': () => 'a.b.c',
    },
    async stop() {
      await service.stop();
      await issuer.stop();
      await stranger.stop();
    },
  };
}

describeAccess('jwt', start, [
  'expired',
  'wrongly signed',
  "signed by another issuer's key",
  "another issuer's",
  'for another audience',
  'unsigned',
  'signed with the public key as a secret',
  'no token at all',
]);
