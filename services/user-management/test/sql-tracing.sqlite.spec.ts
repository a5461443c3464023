import { describe } from '@jest/globals';
import { describeSqlTracing } from './sql-tracing.contract.js';
import { sqliteDatabase } from './support/database.js';

describe('statements in traces, SQLite', () => {
  describeSqlTracing(sqliteDatabase, 'SQLite');
});
