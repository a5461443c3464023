import { Module } from '@nestjs/common';
import { Metrics } from '@usermgmt/service-kit/metrics/metrics';
import { SignUpMails } from '../mail/sign-up-mails.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { Credentials } from './credentials.js';
import { LegacyWritesController } from './legacy-writes.controller.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordHasher } from './password-hasher.js';
import { UserListController } from './user-list.controller.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Users: sign-up, reading, changing, deleting. */
@Module({
  imports: [OutboxModule],
  controllers: [UserListController, UsersController, LegacyWritesController],
  providers: [Credentials, LoginThrottle, SignUpMails, UsersService, UsersRepository, PasswordHasher],
  exports: [Credentials, LoginThrottle, UsersRepository],
})
export class UsersModule {
  constructor(metrics: Metrics, hasher: PasswordHasher) {
    metrics.gauge(
      { name: 'password_hashing', help: 'Passwords being hashed, and waiting for it', labels: ['state'] },
      (gauge) => {
        gauge.set({ state: 'running' }, hasher.queue.running);
        gauge.set({ state: 'waiting' }, hasher.queue.waiting);
      },
    );
  }
}
