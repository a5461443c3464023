import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { stretchDeadlines } from '@usermgmt/testing/deadlines';
import {
  type RefreshGrant,
  RefreshTokensRepository,
  REPEAT_MS,
} from '../src/oauth/refresh-tokens.repository.js';
import { type MakeDatabase, type OpenDatabase, openDatabase } from './support/open-database.js';

// Twenty that wait for the same row take longer than 2 s on a busy machine.
stretchDeadlines();

const NOW = 1_000_000;

/** What {@link RefreshTokensRepository} promises, whatever the database. */
export function describeRefreshTokens(makeDatabase: MakeDatabase): void {
  let open: OpenDatabase;
  let tokens: RefreshTokensRepository;
  const grant = (changes: Partial<RefreshGrant> = {}): RefreshGrant => ({
    family: 'family-1',
    usernameKey: 'jane',
    clientId: 'page',
    securityStamp: 2 ** 48 - 2,
    expiresAt: NOW + 60_000,
    ...changes,
  });
  const left = async (): Promise<number> =>
    (await open.database.query('SELECT hash FROM refresh_tokens')).length;

  beforeAll(async () => {
    open = await openDatabase(makeDatabase);
    tokens = new RefreshTokensRepository(open.database);
  });
  beforeEach(() => open.dataSource.query('DELETE FROM refresh_tokens'));
  afterAll(() => open.drop());

  /** Replaces a token that must be valid. @returns its successor */
  async function successor(token: string, now = NOW): Promise<string> {
    const replaced = await tokens.replace(token, 'page', now);
    expect(replaced?.grant).toEqual(grant());
    return replaced!.next;
  }

  it('gives what a token stands for, and another token in its place', async () => {
    await tokens.insert('one', grant());
    const two = await successor('one');
    const three = await successor(two);
    expect(new Set(['one', two, three]).size).toBe(3);
    expect(two).toMatch(/^[\w-]{43}$/);
  });

  it('gives the same successor to twenty that come at once, and to a repeat some seconds later', async () => {
    await tokens.insert('one', grant());
    // Opens the connections: twenty that come while the first one is opened would have their turns one after the other.
    await Promise.all(
      Array.from({ length: 20 }, () => open.database.transaction((sql) => sql.query('SELECT 1'))),
    );
    const all = Array.from({ length: 20 }, () => successor('one'));
    const [next, ...others] = new Set(await Promise.all(all));
    expect(others).toEqual([]);
    // Another instance of the service, such as after a restart: all it needs is in the database.
    tokens = new RefreshTokensRepository(open.database);
    expect(await successor('one', NOW + REPEAT_MS)).toBe(next);
    expect(await left()).toBe(2);
    await successor(next!);
  });

  it('is measured by the clock of the database, in whole milliseconds', async () => {
    const now = await open.database.now();
    expect(Number.isInteger(now)).toBe(true);
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
    expect(await open.database.now()).toBeGreaterThanOrEqual(now);
  });

  it('ends a family, and no other, one of whose tokens is repeated later', async () => {
    await tokens.insert('one', grant());
    await tokens.insert('other', grant({ family: 'family-2' }));
    const two = await successor('one');
    expect(await tokens.replace('one', 'page', NOW + REPEAT_MS + 1)).toBeUndefined();
    expect(await tokens.replace(two, 'page', NOW + REPEAT_MS + 1)).toBeUndefined();
    expect(await tokens.replace('other', 'page', NOW)).toBeDefined();
  });

  it('ends a family one of whose tokens is repeated after its successor was used', async () => {
    await tokens.insert('one', grant());
    const three = await successor(await successor('one'));
    expect(await tokens.replace('one', 'page', NOW)).toBeUndefined();
    expect(await tokens.replace(three, 'page', NOW)).toBeUndefined();
    expect(await left()).toBe(0);
  });

  it('ends a family whose token the version before replaced: it knows no successor to repeat', async () => {
    await tokens.insert('one', grant());
    await open.database.execute('UPDATE refresh_tokens SET used_at = ?', [NOW]);
    await tokens.insert('random', grant());
    expect(await tokens.replace('one', 'page', NOW)).toBeUndefined();
    expect(await left()).toBe(0);
  });

  it('derives a successor from a token and its family, and stores neither of the tokens', async () => {
    await tokens.insert('one', grant());
    const [two, rows] = [await successor('one'), await open.database.query('SELECT * FROM refresh_tokens')];
    expect(JSON.stringify(rows)).not.toContain(two);
    await open.database.execute('DELETE FROM refresh_tokens', []);
    await tokens.insert('one', grant({ family: 'family-3' }));
    expect((await tokens.replace('one', 'page', NOW))?.next).not.toBe(two);
  });

  it.each([
    ['unknown', 'nothing', 'page', NOW],
    ['that of another client', 'one', 'other', NOW],
    ['expired', 'one', 'page', NOW + 60_000],
    ['spelled otherwise', 'ONE', 'page', NOW],
  ])('knows no token that is %s', async (_what, token, client, now) => {
    await tokens.insert('one', grant());
    expect(await tokens.replace(token, client, now)).toBeUndefined();
    expect(await left()).toBe(1);
  });

  it('revokes a login for its client only', async () => {
    await tokens.insert('one', grant());
    await tokens.revoke(await successor('one'), 'other');
    expect(await left()).toBe(2);
    await tokens.revoke('one', 'page');
    expect(await left()).toBe(0);
  });

  it('deletes what has expired', async () => {
    await tokens.insert('old', grant({ expiresAt: NOW }));
    await tokens.insert('new', grant());
    await tokens.deleteExpired(NOW, 100);
    expect(await left()).toBe(1);
  });
}
