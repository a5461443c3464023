import { describe } from '@jest/globals';
import { describeMigrate } from './migrate.contract.js';
import { sqliteDatabase } from './support/database.js';

describe('migrate on SQLite', () => {
  describeMigrate(sqliteDatabase);
});
