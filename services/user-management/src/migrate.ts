import { helpText, loadConfigOrExit } from '@usermgmt/service-kit/service';
import { integer } from '@usermgmt/service-kit/config';
import { configSchema } from './config.js';
import { createDataSource } from './database/data-source.js';
import { migrate } from './database/migrator.js';
import { waitForSchema } from './database/schema-wait.js';

const HELP = `Brings the database to this version; safe to run again, and by many at once.
With --wait it changes nothing, and waits until another one has done that.
Usage: node dist/migrate.js [--wait]`;

const schema = configSchema.safeExtend({
  MIGRATE_WAIT_SECONDS: integer(0, 3_600)
    .default(120)
    .describe('How long to wait for a database that is not up yet; with --wait, for its schema, too'),
});

const say = (line: string): void => {
  process.stdout.write(`migrate: ${line}\n`);
};

if (process.argv.includes('--help')) {
  process.stdout.write(helpText(HELP, schema));
} else {
  const config = loadConfigOrExit(schema);
  const begun = Date.now();
  try {
    const patience = { waitMs: config.MIGRATE_WAIT_SECONDS * 1_000, say };
    const dataSource = createDataSource(config);
    let outcome = 'the schema is there';
    if (process.argv.includes('--wait')) {
      await waitForSchema(dataSource, patience);
    } else {
      const done = await migrate(dataSource, patience);
      outcome = done.length === 0 ? 'nothing to do' : `ran ${done.join(', ')}`;
    }
    say(`${outcome} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    process.stderr.write(`migrate: failed: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
