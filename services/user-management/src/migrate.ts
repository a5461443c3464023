import { helpText, loadConfigOrExit } from '@usermgmt/service-kit/service';
import { integer } from '@usermgmt/service-kit/config';
import { configSchema } from './config.js';
import { createDataSource } from './database/data-source.js';
import { migrate } from './database/migrator.js';

const schema = configSchema.safeExtend({
  MIGRATE_WAIT_SECONDS: integer(0, 3_600)
    .default(120)
    .describe('How long to wait for a database that is not up yet'),
});

const say = (line: string): void => {
  process.stdout.write(`migrate: ${line}\n`);
};

if (process.argv.includes('--help')) {
  process.stdout.write(
    helpText(
      'Brings the database to this version; safe to run again, and by many at once.\nUsage: node dist/migrate.js',
      schema,
    ),
  );
} else {
  const config = loadConfigOrExit(schema);
  const begun = Date.now();
  try {
    const done = await migrate(createDataSource(config), {
      waitMs: config.MIGRATE_WAIT_SECONDS * 1_000,
      say,
    });
    const seconds = ((Date.now() - begun) / 1000).toFixed(1);
    say(done.length === 0 ? `nothing to do (${seconds} s)` : `ran ${done.join(', ')} (${seconds} s)`);
  } catch (error) {
    process.stderr.write(`migrate: failed: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
