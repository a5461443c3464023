import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { AuditLog } from '@usermgmt/service-kit/audit/audit-log';
import { Pseudonyms } from '@usermgmt/service-kit/audit/pseudonyms';
import { HealthChecks } from '@usermgmt/service-kit/health';
import { helpText, loadConfigOrExit } from '@usermgmt/service-kit/service';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { destination } from 'pino';
import type { DataSource } from 'typeorm';
import { AUDIT } from '../audit/audit-rules.js';
import { type Config, configSchema } from '../config.js';
import { createDataSource } from '../database/data-source.js';
import { Database } from '../database/database.js';
import { isUnavailable, SchemaNotReadyError } from '../database/database-errors.js';
import { databaseReason } from '../database/database-reason.js';
import { telling } from '../database/telling.js';
import { service } from '../service.js';

/** A mistake in the command's words: its message is shown with the usage, and the exit code is 2. */
export class UsageError extends Error {}

/** What a command has changed, for its audit line. */
export interface AuditedChange {
  /** The command's words, without values. */
  what: string;
  /** The user's name, if it is about one. */
  onWhom?: string;
}

/**
 * Runs one of the operators' commands against the configured database and
 * ends it with 0, 1 (it failed) or 2 (wrong words); errors are one line.
 */
export async function runCommand(
  usage: string,
  work: (database: Database, config: Config) => Promise<AuditedChange | undefined>,
): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(helpText(usage, configSchema));
    return;
  }
  const config = loadConfigOrExit(configSchema);
  const dataSource = createDataSource(config);
  let stage = 'waiting for a connection to the database';
  try {
    await telling(
      report,
      () => stage,
      async () => {
        await dataSource.initialize();
        stage = 'at work (each answer of the database is waited for 2 s at most)';
        const change = await work(new Database(dataSource, new HealthChecks(), new NoTracer()), config);
        if (change) audit(change, config);
      },
    );
  } catch (error) {
    report(messageOf(error, dataSource));
    if (error instanceof UsageError) report(usage);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** An outage in one line with its reason; of another error its message. */
function messageOf(error: unknown, dataSource: DataSource): string {
  if (error instanceof SchemaNotReadyError) return databaseReason(error, dataSource);
  if (error instanceof UnavailableError || isUnavailable(error)) {
    return `the database does not answer (${databaseReason(error, dataSource)})`;
  }
  return (error as Error).message;
}

/** Standard output is for what was asked; whatever collects logs takes standard error too. */
function audit({ what, onWhom }: AuditedChange, config: Config): void {
  const log = new AuditLog(service.name, config.APP_VERSION, config, destination({ dest: 2, sync: true }));
  const pseudonyms = new Pseudonyms(config.AUDIT_KEY);
  log.write({
    who: 'operator',
    what,
    onWhom: onWhom === undefined ? undefined : `user:${pseudonyms.of(AUDIT.keyOf(onWhom))}`,
    outcome: 'done',
  });
}
