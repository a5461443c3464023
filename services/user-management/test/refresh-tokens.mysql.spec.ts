import { describeRefreshTokens } from './refresh-tokens.contract.js';
import { describeOnMysql, mysqlDatabase } from './support/database.js';

describeOnMysql('refresh tokens on MySQL', () => {
  describeRefreshTokens(mysqlDatabase);
});
