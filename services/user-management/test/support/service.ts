import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ready, startApplication } from './application.js';
import { migrated, sqliteDatabase } from './database.js';
import { type NotificationServer, startNotificationServer } from './notification-server.js';
import type { MakeDatabase } from './open-database.js';

/** The service with all that it needs: a database of its own and something in the place of notification. */
export interface TestService {
  app: NestFastifyApplication;
  /** Where it listens, without a slash at the end. */
  url: string;
  /** The service's own connection, to write and read past its rules. */
  dataSource: DataSource;
  notification: NotificationServer;
  stop(): Promise<void>;
}

/** Starts the service on an empty, migrated database. */
export async function startService(
  environment: Readonly<Record<string, string>> = {},
  makeDatabase: MakeDatabase = sqliteDatabase,
): Promise<TestService> {
  const database = await migrated(await makeDatabase());
  const notification = await startNotificationServer();
  const { app, url } = await startApplication({
    OUTBOX_POLL_MS: '50',
    ...database.environment,
    ...notification.environment,
    ...environment,
  });
  await ready(url);
  return {
    app,
    url,
    notification,
    dataSource: app.get(DataSource),
    async stop() {
      await app.close();
      await notification.stop();
      await database.drop();
    },
  };
}
