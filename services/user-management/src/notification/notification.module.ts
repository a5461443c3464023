import { Module } from '@nestjs/common';
import { NotificationClient } from './notification.client.js';
import { NotificationController } from './notification.controller.js';

/** The other service, as this one sees it. */
@Module({
  controllers: [NotificationController],
  providers: [NotificationClient],
  exports: [NotificationClient],
})
export class NotificationModule {}
