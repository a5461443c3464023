import { Global, Module } from '@nestjs/common';
import { ACCESS_RULES } from '@usermgmt/service-kit/auth/access-table';
import { jwtRulesOf, keyRequestOf } from '@usermgmt/service-kit/auth/auth.variables';
import { JwtVerifier } from '@usermgmt/service-kit/auth/jwt.verifier';
import { NoVerifier } from '@usermgmt/service-kit/auth/no-verifier';
import { remoteKeys } from '@usermgmt/service-kit/auth/remote-keys';
import { TokenVerifier } from '@usermgmt/service-kit/auth/token-verifier';
import { ACCESS } from '../access-table.js';
import { CONFIG, type Config } from '../config.js';
import { OAuthClients } from '../oauth/oauth-clients.js';
import { readSigningKeys } from '../oauth/signing-keys.js';
import { DEFAULT_ISSUER, SIGNING_KEYS, TokenIssuer } from '../oauth/token-issuer.js';
import { principalOfJwt } from './jwt-principal.js';
import { LocalVerifier } from './local.verifier.js';
import { UserStates } from './user-states.js';

/** Who gets in, and who may do what; and, with AUTH_MODE=local, the tokens for that. */
@Global()
@Module({
  providers: [
    OAuthClients,
    TokenIssuer,
    UserStates,
    { provide: ACCESS_RULES, useValue: ACCESS },
    { provide: SIGNING_KEYS, inject: [CONFIG], useFactory: signingKeys },
    {
      provide: TokenVerifier,
      inject: [CONFIG, TokenIssuer, OAuthClients, UserStates],
      useFactory: createVerifier,
    },
  ],
  exports: [ACCESS_RULES, OAuthClients, TokenIssuer, TokenVerifier, UserStates],
})
export class AuthModule {}

function signingKeys(config: Config) {
  if (config.AUTH_MODE !== 'local' || config.AUTH_SIGNING_KEY_FILE === undefined) return undefined;
  return readSigningKeys(config.AUTH_SIGNING_KEY_FILE, config.AUTH_ACCEPTED_KEY_FILES);
}

function createVerifier(
  config: Config,
  issuer: TokenIssuer,
  clients: OAuthClients,
  states: UserStates,
): TokenVerifier {
  switch (config.AUTH_MODE) {
    case undefined:
    case 'none':
      return new NoVerifier();
    case 'jwt':
      return new JwtVerifier(
        remoteKeys(config.AUTH_JWKS_URL ?? '', keyRequestOf(config)),
        jwtRulesOf(config, config.AUTH_AUDIENCE_CLAIM),
        (claims) => principalOfJwt(claims, config),
        config.AUTH_TOKEN_HEADER,
      );
    case 'local': {
      const rules = {
        ...jwtRulesOf(config),
        issuer: config.AUTH_ISSUER ?? DEFAULT_ISSUER,
        algorithms: ['RS256', 'EdDSA'],
      };
      return new LocalVerifier(issuer.published, rules, clients, states, config.AUTH_TOKEN_HEADER);
    }
  }
}
