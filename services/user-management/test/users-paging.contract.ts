import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { usernameKey } from '../src/users/user-key.js';
import type { UserRow } from '../src/users/user.js';
import { UsersRepository } from '../src/users/users.repository.js';
import { type MakeDatabase, type OpenDatabase, openDatabase } from './support/open-database.js';
import { insertUsers } from './support/rows.js';

/** In the order of the code points of their keys: UTF-16 units would put the emoji before the bracket. */
const IN_ORDER = [
  '!bang',
  '007',
  'a b',
  'A-B',
  'a.b@c.d',
  'A_b',
  'áa',
  'AAA',
  'ab',
  'Ångström',
  'émile',
  'Straße',
  'strasse2',
  'zoë',
  '{brace}',
  '~~~',
  'Ωμέγα',
  'Борис',
  'ひらがな',
  '张三丰',
  '李小龙',
  '﴾x﴿',
  '😀😀',
  '🙈abc',
];

/** What {@link UsersRepository.page} promises, whatever the database. */
export function describeUsersPaging(makeDatabase: MakeDatabase): void {
  let open: OpenDatabase;
  let users: UsersRepository;

  beforeAll(async () => {
    open = await openDatabase(makeDatabase);
    users = new UsersRepository(open.database);
  });
  beforeEach(() => open.dataSource.query('DELETE FROM users'));
  afterAll(() => open.drop());

  const insert = (names: readonly string[]): Promise<void> =>
    insertUsers(
      open.dataSource,
      names.map((username) => ({ username })),
    );

  async function everybody(size: number, between?: (round: number) => Promise<void>): Promise<string[]> {
    const seen: string[] = [];
    let page: UserRow[];
    let round = 0;
    do {
      page = await users.page(seen.at(-1), size);
      seen.push(...page.map(({ username }) => username));
      await between?.((round += 1));
    } while (page.length > 0);
    return seen;
  }

  it.each([1, 5, 100])('gives everybody in the same order on every database, %d at a time', async (size) => {
    await insert(IN_ORDER.toReversed());
    expect(await everybody(size)).toEqual(IN_ORDER);
  });

  it('begins after a name that is not there, in any case', async () => {
    await insert(['ann', 'Bob', 'carl']);
    expect((await users.page('AZ', 10)).map(({ username }) => username)).toEqual(['Bob', 'carl']);
    expect(await users.page('carl', 10)).toEqual([]);
  });

  it('shows an old row whose name has no visible character', async () => {
    await insert(['\u200b\u200b\u200b', 'ann']);
    expect(usernameKey('\u200b\u200b\u200b')).toBe('');
    expect(await everybody(1)).toEqual(['\u200b\u200b\u200b', 'ann']);
  });

  it('repeats and loses nobody while others come and go', async () => {
    const name = (i: number): string => `user${String(i).padStart(4, '0')}`;
    const there = Array.from({ length: 300 }, (_, i) => name(i * 10));
    await insert(there);
    const seen = await everybody(30, async (round) => {
      await insert([`user0000-${round}`, name(round * 270 + 5), `zzz${round}`]);
      await open.dataSource.query('DELETE FROM users WHERE username = ?', [name((round - 1) * 300)]);
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(there));
    expect(seen.map(usernameKey)).toEqual(seen.map(usernameKey).toSorted());
  });
}
