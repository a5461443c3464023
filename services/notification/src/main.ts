import { runService } from '@usermgmt/service-kit/service';
import { AppModule } from './app.module.js';
import { configSchema } from './config.js';
import { service } from './service.js';

await runService(service, configSchema, (config) => AppModule.forRoot(config));
