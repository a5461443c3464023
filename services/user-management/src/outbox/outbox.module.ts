import { Module } from '@nestjs/common';
import { NotificationModule } from '../notification/notification.module.js';
import { Outbox } from './outbox.js';
import { OutboxMetrics } from './outbox.metrics.js';
import { OutboxRelay } from './outbox.relay.js';
import { OutboxRepository } from './outbox.repository.js';
import { OutboxWatch } from './outbox.watch.js';

/** Mails that were promised and are on their way. */
@Module({
  imports: [NotificationModule],
  providers: [Outbox, OutboxMetrics, OutboxRelay, OutboxRepository, OutboxWatch],
  exports: [Outbox],
})
export class OutboxModule {}
