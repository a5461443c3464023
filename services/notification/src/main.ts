import { runService } from '@usermgmt/service-kit/service';
import { AppModule } from './app.module.js';
import { configSchema } from './config.js';
import { cleanAwsCredentials } from './mail/ses/aws-credentials.js';
import { service } from './service.js';

cleanAwsCredentials(process.env);
await runService(service, configSchema, (config) => AppModule.forRoot(config));
