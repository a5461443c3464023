import { Module } from '@nestjs/common';
import { OutboxModule } from '../outbox/outbox.module.js';
import { LegacyWritesController } from './legacy-writes.controller.js';
import { PasswordHasher } from './password-hasher.js';
import { UserListController } from './user-list.controller.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Users: sign-up, reading, changing, deleting. */
@Module({
  imports: [OutboxModule],
  controllers: [UserListController, UsersController, LegacyWritesController],
  providers: [UsersService, UsersRepository, PasswordHasher],
})
export class UsersModule {}
