import { Module } from '@nestjs/common';
import { NotificationClient } from './notification.client.js';

/** The other service, as this one sees it. */
@Module({
  providers: [NotificationClient],
  exports: [NotificationClient],
})
export class NotificationModule {}
