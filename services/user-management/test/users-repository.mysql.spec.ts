import { describeOnMysql, mysqlDatabase } from './support/database.js';
import { describeUsersPaging } from './users-paging.contract.js';
import { describeUsersRepository } from './users-repository.contract.js';

describeOnMysql('UsersRepository on MySQL', () => {
  describeUsersRepository(mysqlDatabase);
});
describeOnMysql('paging on MySQL', () => {
  describeUsersPaging(mysqlDatabase);
});
