import { setUpApplicationUser } from '../database/application-user.js';
import { createDataSource } from '../database/data-source.js';
import { migrate } from '../database/migrator.js';
import type { MigrateConfig } from './migrate-variables.js';

/**
 * Migrates the configured database: as DB_ADMIN_USERNAME, after setting up DB_USERNAME, or as DB_USERNAME itself.
 *
 * @returns the names of the migrations that this call ran
 * @throws Error in one line, as `migrate` and `setUpApplicationUser` do
 */
export async function migrateAsConfigured(
  config: MigrateConfig,
  say: (line: string) => void,
): Promise<string[]> {
  const patience = { waitMs: config.MIGRATE_WAIT_SECONDS * 1_000, say };
  const { DB_ADMIN_USERNAME: admin, DB_USERNAME: user } = config;
  if (admin === undefined) return migrate(createDataSource(config), patience);
  say(`connecting as ${admin}, to set up the user ${user}`);
  const asAdmin = {
    ...config,
    DB_USERNAME: admin,
    DB_PASSWORD: config.DB_ADMIN_PASSWORD,
    DB_PASSWORD_FILE: config.DB_ADMIN_PASSWORD_FILE,
  };
  return migrate(createDataSource(asAdmin), patience, async (runner) => {
    say(await setUpApplicationUser(runner, admin, config));
  });
}
