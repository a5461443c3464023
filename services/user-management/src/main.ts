import { runService } from '@usermgmt/service-kit/service';
import { AppModule } from './app.module.js';
import { serviceSchema } from './config.js';
import { service } from './service.js';

await runService(service, serviceSchema, (config) => AppModule.forRoot(config));
