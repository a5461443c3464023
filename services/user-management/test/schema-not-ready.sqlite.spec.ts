import { describe } from '@jest/globals';
import { describeSchemaNotReady, SCHEMA_STATES } from './schema-not-ready.contract.js';
import { sqliteDatabase } from './support/database.js';

describe('the service on an SQLite file that is not migrated', () => {
  describeSchemaNotReady(sqliteDatabase, SCHEMA_STATES);
});
