import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ClientAuthentication } from './client-authentication.js';
import { KeysController } from './keys.controller.js';
import { LocalOnlyGuard } from './local-only.guard.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthService } from './oauth.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';

/** Tokens of this service's own, with AUTH_MODE=local. */
@Module({
  imports: [UsersModule],
  controllers: [KeysController, OAuthController],
  providers: [ClientAuthentication, LocalOnlyGuard, OAuthService, RefreshTokensRepository],
})
export class OAuthModule {}
