import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../src/database/data-source.js';
import { withMigrationLock } from '../src/database/migration-lock.js';
import { migrate } from '../src/database/migrator.js';
import { waitForSchema } from '../src/database/schema-wait.js';
import { migrations } from '../src/database/migrations/index.js';
import { testConfig } from './support/config.js';
import { connect, type TestDatabase } from './support/database.js';
import type { MakeDatabase } from './support/open-database.js';
import { insertUsers } from './support/rows.js';

const WAITING = /^another migration is at work \(.+\); waiting for it, for \d+ s more at most$/;
const ALL = migrations.map(({ name }) => name);

/** What `migrate` promises, whatever the database. */
export function describeMigrate(makeDatabase: MakeDatabase): void {
  let database: TestDatabase;
  let said: string[];
  beforeEach(async () => {
    database = await makeDatabase();
    said = [];
  });
  afterEach(() => database.drop());

  const run = (): Promise<string[]> =>
    migrate(createDataSource(testConfig(database.environment)), {
      waitMs: 0,
      say: (line) => said.push(line),
    });

  it('makes the tables, with unique keys, and says what it ran', async () => {
    expect(await run()).toEqual(ALL);
    const beside = await connect(database);
    await insertUsers(beside, [{ username: 'Jane', email: 'jane@example.com' }]);
    await expect(insertUsers(beside, [{ username: 'JANE' }])).rejects.toThrow();
    await expect(insertUsers(beside, [{ username: 'x', email: 'JANE@example.com' }])).rejects.toThrow();
    expect(await beside.query('SELECT id FROM outbox')).toEqual([]);
    expect(await beside.showMigrations()).toBe(false);
    await beside.destroy();
  });

  it('finds nothing to do the second time, and keeps what is there', async () => {
    await run();
    const beside = await connect(database);
    await insertUsers(beside, [{ username: 'jane' }]);
    expect(await run()).toEqual([]);
    expect(await beside.query('SELECT username FROM users')).toEqual([{ username: 'jane' }]);
    await beside.destroy();
  });

  it('can be run ten times at once: one does the work, the others wait for it', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, run));
    expect(results.flat()).toEqual(ALL);
    for (const line of said) expect(line).toMatch(WAITING);
  });

  it('lets one in at a time, and tells the others that they wait', async () => {
    const sources = [await connect(database), await connect(database)];
    const steps: string[] = [];
    const saidTo = (count: number): Promise<unknown> =>
      waitFor('the other', async () => steps.length >= count);
    const work = (name: string, until: number) => async (): Promise<void> => {
      steps.push(`${name} begins`);
      await saidTo(until);
      steps.push(`${name} ends`);
    };
    const locked = (source: DataSource, name: string, until: number): Promise<void> =>
      withMigrationLock(source, (line) => steps.push(line), work(name, until));
    // The first one ends when the second one has said that it waits.
    const first = locked(sources[0]!, 'first', 2);
    await saidTo(1);
    await Promise.all([first, locked(sources[1]!, 'second', 4)]);
    for (const source of sources) await source.destroy();
    expect(steps).toEqual([
      'first begins',
      expect.stringMatching(WAITING),
      'first ends',
      'second begins',
      'second ends',
    ]);
  });

  it('says again and again who is waited for, and ends', async () => {
    const [holder, other] = [await connect(database), await connect(database)];
    let release: (() => void) | undefined;
    const held = withMigrationLock(
      holder,
      () => undefined,
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    await waitFor('the lock', async () => release !== undefined);
    const say = (line: string): void => void said.push(line);
    const work = (): Promise<void> => Promise.resolve();
    await expect(withMigrationLock(other, say, work, { seconds: 2, tellEverySeconds: 1 })).rejects.toThrow(
      /^another migration held the lock for 2 s \(.+\)$/,
    );
    expect(said).toEqual([
      expect.stringMatching(/ at work \((?:connection \d+ of MySQL|it holds .+\.lock)\); .* for 2 s more/),
      expect.stringMatching(/ for 1 s more at most$/),
    ]);
    release?.();
    await held;
    await holder.destroy();
    await other.destroy();
  });

  it('waits for the schema without making it', async () => {
    const wait = (waitMs: number): Promise<void> =>
      waitForSchema(createDataSource(testConfig(database.environment)), {
        waitMs,
        say: (line) => said.push(line),
      });
    await expect(wait(0)).rejects.toThrow('no schema of this version after 0 s');
    const waiting = wait(30_000);
    await waitFor('the line', async () => said.length > 0);
    await expect(Promise.all([waiting, run()])).resolves.toEqual([undefined, ALL]);
    expect(said).toEqual([
      expect.stringMatching(/^waiting for the migration \(.+\), for \d+ s more at most$/),
    ]);
    await wait(0);
  });

  it('leaves the schema that the entities describe', async () => {
    await run();
    const beside = await connect(database);
    const { upQueries } = await beside.driver.createSchemaBuilder().log();
    await beside.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
}
