import { HealthChecks } from '@usermgmt/service-kit/health';
import { helpText, loadConfigOrExit } from '@usermgmt/service-kit/service';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { type Config, configSchema } from '../config.js';
import { createDataSource } from '../database/data-source.js';
import { Database } from '../database/database.js';

/** A mistake in the command's words: its message is shown with the usage, and the exit code is 2. */
export class UsageError extends Error {}

/**
 * Runs one of the operators' commands against the configured database and
 * ends it with 0, 1 (it failed) or 2 (wrong words); errors are one line.
 */
export async function runCommand(
  usage: string,
  work: (database: Database, config: Config) => Promise<void>,
): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(helpText(usage, configSchema));
    return;
  }
  const config = loadConfigOrExit(configSchema);
  const dataSource = createDataSource(config);
  try {
    await dataSource.initialize();
    await work(new Database(dataSource, new HealthChecks(), new NoTracer()), config);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${error instanceof UsageError ? `${usage}\n` : ''}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}
