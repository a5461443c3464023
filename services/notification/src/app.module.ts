import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AUDIT_RULES } from '@usermgmt/service-kit/audit/audit-rules';
import { KitModule } from '@usermgmt/service-kit/kit.module';
import { AuthModule } from './auth/auth.module.js';
import { AUDIT } from './audit-rules.js';
import { CONFIG, type Config } from './config.js';
import { MailModule } from './mail/mail.module.js';
import { service } from './service.js';
import { StatusController } from './status/status.controller.js';

/** The whole service, for one configuration; `main` starts it and the tests do. */
@Global()
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [KitModule.forRoot(service, config), AuthModule, MailModule.forRoot(config)],
      controllers: [StatusController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: AUDIT_RULES, useValue: AUDIT },
      ],
      exports: [CONFIG],
    };
  }
}
