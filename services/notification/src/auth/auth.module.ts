import { Global, Module } from '@nestjs/common';
import { ACCESS_RULES } from '@usermgmt/service-kit/auth/access-table';
import { jwtRulesOf, keyRequestOf } from '@usermgmt/service-kit/auth/auth.variables';
import { JwtVerifier } from '@usermgmt/service-kit/auth/jwt.verifier';
import { NoVerifier } from '@usermgmt/service-kit/auth/no-verifier';
import { remoteKeys } from '@usermgmt/service-kit/auth/remote-keys';
import { TokenVerifier } from '@usermgmt/service-kit/auth/token-verifier';
import { ACCESS, MAIL_SENDER } from '../access-table.js';
import { CONFIG, type Config } from '../config.js';

/** Who gets in. */
@Global()
@Module({
  providers: [
    { provide: ACCESS_RULES, useValue: ACCESS },
    { provide: TokenVerifier, inject: [CONFIG], useFactory: createVerifier },
  ],
  exports: [ACCESS_RULES, TokenVerifier],
})
export class AuthModule {}

/** Any token of the issuer's counts; only that of a listed subject may send. */
function createVerifier(config: Config): TokenVerifier {
  if (config.AUTH_MODE === undefined || config.AUTH_MODE === 'none') return new NoVerifier();
  return new JwtVerifier(
    remoteKeys(config.AUTH_JWKS_URL ?? '', keyRequestOf(config)),
    jwtRulesOf(config),
    ({ sub }) => ({
      kind: 'client',
      subject: sub,
      roles: config.AUTH_SUBJECTS.includes(sub) ? [MAIL_SENDER] : [],
    }),
  );
}
