import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnMysql, mysqlDatabase } from './support/database.js';
import { type OpenDatabase, openDatabase } from './support/open-database.js';

const SQL = 'SELECT @@transaction_isolation AS level, CONNECTION_ID() AS id';

interface Row {
  level: string;
  id: number;
}

describeOnMysql('connections to MySQL', () => {
  let open: OpenDatabase;
  beforeAll(async () => {
    open = await openDatabase(mysqlDatabase);
  });
  afterAll(() => open.drop());

  it('are READ COMMITTED, every one, in transactions and outside', async () => {
    const { database } = open;
    const inside = Array.from({ length: 5 }, () =>
      database.transaction(async (manager) => {
        await manager.query('SELECT SLEEP(0.1)');
        return manager.query<Row[]>(SQL);
      }),
    );
    const outside = Array.from({ length: 5 }, () => database.query<Row>(SQL));
    const rows = (await Promise.all([...inside, ...outside])).flat();
    expect(new Set(rows.map(({ level }) => level))).toEqual(new Set(['READ-COMMITTED']));
    expect(new Set(rows.map(({ id }) => id)).size).toBeGreaterThan(5);
  });
});
