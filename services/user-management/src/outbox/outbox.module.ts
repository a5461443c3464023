import { Module } from '@nestjs/common';
import { NotificationModule } from '../notification/notification.module.js';
import { Outbox } from './outbox.js';
import { OutboxRelay } from './outbox.relay.js';
import { OutboxRepository } from './outbox.repository.js';

/** Mails that were promised and are on their way. */
@Module({
  imports: [NotificationModule],
  providers: [Outbox, OutboxRelay, OutboxRepository],
  exports: [Outbox],
})
export class OutboxModule {}
