import { helpText, loadConfigOrExit } from '@usermgmt/service-kit/service';
import { migrateAsConfigured } from './commands/migrate-as-configured.js';
import { migrateSchema } from './commands/migrate-variables.js';
import { createDataSource } from './database/data-source.js';
import { waitForSchema } from './database/schema-wait.js';

const HELP = `Brings the database to this version; safe to run again, and by many at once.
With DB_ADMIN_USERNAME it also makes the user DB_USERNAME, or gives it its present password, with rights on its schema only.
With --wait it changes nothing, and waits until another one has done that.
Usage: node dist/migrate.js [--wait]`;

const say = (line: string): void => {
  process.stdout.write(`migrate: ${line}\n`);
};

if (process.argv.includes('--help')) {
  process.stdout.write(helpText(HELP, migrateSchema));
} else {
  const config = loadConfigOrExit(migrateSchema);
  const begun = Date.now();
  try {
    let outcome = 'the schema is there';
    if (process.argv.includes('--wait')) {
      await waitForSchema(createDataSource(config), { waitMs: config.MIGRATE_WAIT_SECONDS * 1_000, say });
    } else {
      const done = await migrateAsConfigured(config, say);
      outcome = done.length === 0 ? 'nothing to do' : `ran ${done.join(', ')}`;
    }
    say(`${outcome} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    process.stderr.write(`migrate: failed: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
