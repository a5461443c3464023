import { describeOutboxRepository } from './outbox-repository.contract.js';
import { describeOnMysql, mysqlDatabase } from './support/database.js';

describeOnMysql('OutboxRepository on MySQL', () => {
  describeOutboxRepository(mysqlDatabase);
});
