import { describe } from '@jest/globals';
import { describeRefreshTokens } from './refresh-tokens.contract.js';
import { sqliteDatabase } from './support/database.js';

describe('refresh tokens on SQLite', () => {
  describeRefreshTokens(sqliteDatabase);
});
