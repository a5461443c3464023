import type { DataSource } from 'typeorm';
import { SchemaNotReadyError } from './database-errors.js';
import { withinDeadline } from './deadline.js';
import { connectPatiently, patiently, type Patience } from './patient-connection.js';
import { type Read, schemaProblem } from './schema-state.js';

/**
 * Waits until the database answers and was brought to this version by somebody else; changes nothing.
 *
 * @throws Error when that does not happen within `waitMs`
 */
export async function waitForSchema(dataSource: DataSource, patience: Patience): Promise<void> {
  const begun = Date.now();
  await connectPatiently(dataSource, patience);
  try {
    const left = { ...patience, waitMs: patience.waitMs - (Date.now() - begun) };
    await patiently('no schema of this version', 'the migration', dataSource, left, () =>
      checkSchema(dataSource),
    );
  } finally {
    await dataSource.destroy();
  }
}

/** @throws Error that says "not now" if a migration of this version has not been run */
async function checkSchema(dataSource: DataSource): Promise<void> {
  const names = dataSource.migrations.map(({ name = '' }) => name);
  const read: Read = (sql) => withinDeadline(dataSource, (runner) => runner.query(sql) as Promise<unknown[]>);
  const problem = await schemaProblem(read, names);
  if (problem !== undefined) throw new SchemaNotReadyError(new Error(problem));
}
