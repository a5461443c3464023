import { describe } from '@jest/globals';
import { sqliteDatabase } from './support/database.js';
import { describeUsersPaging } from './users-paging.contract.js';
import { describeUsersRepository } from './users-repository.contract.js';

describe('UsersRepository on SQLite', () => {
  describeUsersRepository(sqliteDatabase);
});
describe('paging on SQLite', () => {
  describeUsersPaging(sqliteDatabase);
});
