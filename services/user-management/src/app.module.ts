import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AUDIT_RULES } from '@usermgmt/service-kit/audit/audit-rules';
import { KitModule } from '@usermgmt/service-kit/kit.module';
import { AuthModule } from './auth/auth.module.js';
import { AUDIT } from './audit/audit-rules.js';
import { CONFIG, type Config } from './config.js';
import { DatabaseModule } from './database/database.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { service } from './service.js';
import { StatusModule } from './status/status.module.js';
import { UsersModule } from './users/users.module.js';

@Global()
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        KitModule.forRoot(service, config),
        AuthModule,
        DatabaseModule,
        OAuthModule,
        StatusModule,
        UsersModule,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: AUDIT_RULES, useValue: AUDIT },
      ],
      exports: [CONFIG],
    };
  }
}
