import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { KeysController } from './keys.controller.js';
import { LocalOnlyGuard } from './local-only.guard.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthService } from './oauth.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';

/** Tokens of this service's own, with AUTH_MODE=local. */
@Module({
  imports: [UsersModule],
  controllers: [KeysController, OAuthController],
  providers: [LocalOnlyGuard, OAuthService, RefreshTokensRepository],
})
export class OAuthModule {}
