import type { DataSource } from 'typeorm';
import { connectPatiently, patiently, type Patience } from './patient-connection.js';

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
    await patiently('no schema of this version', 'the migration', left, () => checkSchema(dataSource));
  } finally {
    await dataSource.destroy();
  }
}

/** @throws Error that says "not now" if the newest migration of this version has not been run */
async function checkSchema(dataSource: DataSource): Promise<void> {
  const newest = dataSource.migrations.at(-1)?.name ?? '';
  const rows = await dataSource.query<unknown[]>('SELECT name FROM migrations WHERE name = ?', [newest]);
  if (rows.length === 0) throw Object.assign(new Error('not yet'), { code: 'ENOTMIGRATED' });
}
