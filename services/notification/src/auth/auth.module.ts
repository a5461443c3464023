import { Global, Module } from '@nestjs/common';
import { ACCESS_RULES } from '@usermgmt/service-kit/auth/access-table';
import { NoVerifier } from '@usermgmt/service-kit/auth/no-verifier';
import { TokenVerifier } from '@usermgmt/service-kit/auth/token-verifier';
import { ACCESS } from '../access-table.js';

/** Who gets in. */
@Global()
@Module({
  providers: [
    { provide: ACCESS_RULES, useValue: ACCESS },
    { provide: TokenVerifier, useClass: NoVerifier },
  ],
  exports: [ACCESS_RULES, TokenVerifier],
})
export class AuthModule {}
