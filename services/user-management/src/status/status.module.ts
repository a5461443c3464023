import { Module } from '@nestjs/common';
import { NotificationModule } from '../notification/notification.module.js';
import { NotificationStatusController } from './notification-status.controller.js';
import { StatusController } from './status.controller.js';

/** What the course looks at to see that both services run, and in which version. */
@Module({
  imports: [NotificationModule],
  controllers: [StatusController, NotificationStatusController],
})
export class StatusModule {}
