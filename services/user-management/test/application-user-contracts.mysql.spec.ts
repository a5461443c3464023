import { randomBytes } from 'node:crypto';
import { loadConfig } from '@usermgmt/service-kit/config';
import { createSchema } from '@usermgmt/testing/mysql';
import { migrateAsConfigured } from '../src/commands/migrate-as-configured.js';
import { migrateSchema } from '../src/commands/migrate-variables.js';
import { describeOutboxRepository } from './outbox-repository.contract.js';
import { describeRefreshTokens } from './refresh-tokens.contract.js';
import { describeSqlTracing } from './sql-tracing.contract.js';
import { describeOnMysql, type TestDatabase } from './support/database.js';
import { describeUsersPaging } from './users-paging.contract.js';
import { describeUsersRepository } from './users-repository.contract.js';

/** A migrated schema, as the user that `migrate` has set up sees it. */
async function ownDatabase(): Promise<TestDatabase> {
  const schema = await createSchema();
  const user = `application_${randomBytes(6).toString('hex')}`;
  const { DB_USERNAME, DB_PASSWORD, ...where } = schema.environment;
  const environment = { ...where, DB_USERNAME: user, DB_PASSWORD: 'application' };
  const asAdmin = { ...environment, DB_ADMIN_USERNAME: DB_USERNAME, DB_ADMIN_PASSWORD: DB_PASSWORD };
  await migrateAsConfigured(loadConfig(migrateSchema, asAdmin), () => undefined);
  return {
    environment,
    async drop() {
      await schema.connection.query(`DROP USER '${user}'`);
      await schema.drop();
    },
  };
}

describeOnMysql('with the rights of a user that migrate has set up:', () => {
  describeUsersRepository(ownDatabase);
  describeUsersPaging(ownDatabase);
  describeOutboxRepository(ownDatabase);
  describeRefreshTokens(ownDatabase);
  describeSqlTracing(ownDatabase, 'MySQL');
});
