import { describeSqlTracing } from './sql-tracing.contract.js';
import { describeOnMysql, mysqlDatabase } from './support/database.js';

describeOnMysql('statements in traces, MySQL', () => {
  describeSqlTracing(mysqlDatabase, 'MySQL');
});
