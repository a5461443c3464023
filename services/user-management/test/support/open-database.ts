import { HealthChecks } from '@usermgmt/service-kit/health';
import type { DataSource } from 'typeorm';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { Database } from '../../src/database/database.js';
import { connect, migrated, type TestDatabase } from './database.js';

/** How a contract gets the database that it is run on. */
export type MakeDatabase = () => Promise<TestDatabase>;

/** A migrated, empty database, opened as the service opens it. */
export interface OpenDatabase {
  database: Database;
  dataSource: DataSource;
  /** Closes it and throws it away. */
  drop(): Promise<void>;
}

/** Makes, migrates and opens a database. */
export async function openDatabase(makeDatabase: MakeDatabase): Promise<OpenDatabase> {
  const made = await migrated(await makeDatabase());
  const dataSource = await connect(made);
  return {
    dataSource,
    database: new Database(dataSource, new HealthChecks(), new NoTracer()),
    async drop() {
      await dataSource.destroy();
      await made.drop();
    },
  };
}
