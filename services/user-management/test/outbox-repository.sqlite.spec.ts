import { describe } from '@jest/globals';
import { describeOutboxRepository } from './outbox-repository.contract.js';
import { sqliteDatabase } from './support/database.js';

describe('OutboxRepository on SQLite', () => {
  describeOutboxRepository(sqliteDatabase);
});
