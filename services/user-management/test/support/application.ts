import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from '@usermgmt/service-kit/application';
import { Lifecycle } from '@usermgmt/service-kit/lifecycle';
import { waitFor } from '@usermgmt/testing/wait';
import { AppModule } from '../../src/app.module.js';
import { service } from '../../src/service.js';
import { testConfig } from './config.js';

/** A running service. */
export interface TestApplication {
  app: NestFastifyApplication;
  /** Where it listens, without a slash at the end. */
  url: string;
}

/** Starts the very application that `main` starts, with these variables and no others, on a free port. */
export async function startApplication(
  environment: Readonly<Record<string, string>>,
): Promise<TestApplication> {
  const config = testConfig(environment);
  const app = await createApplication(service, AppModule.forRoot(config), config);
  await app.listen({ host: '127.0.0.1', port: 0 });
  app.get(Lifecycle).started();
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

/** Waits until a service wants requests: it connects to its database in the background. */
export async function ready(url: string): Promise<void> {
  await waitFor('readiness', async () => (await fetch(`${url}/usermgmt/health/ready`)).ok);
}
