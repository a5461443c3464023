import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type RefreshGrant, RefreshTokensRepository } from '../src/oauth/refresh-tokens.repository.js';
import { type MakeDatabase, type OpenDatabase, openDatabase } from './support/open-database.js';

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

  it('gives back what a token stands for, and another token in its place', async () => {
    await tokens.insert('one', grant());
    expect(await tokens.replace('one', 'two', 'page', NOW)).toEqual(grant());
    expect(await tokens.replace('two', 'three', 'page', NOW)).toEqual(grant());
  });

  it('ends a family one of whose tokens comes twice, and no other', async () => {
    await tokens.insert('one', grant());
    await tokens.insert('other', grant({ family: 'family-2' }));
    await tokens.replace('one', 'two', 'page', NOW);
    expect(await tokens.replace('one', 'three', 'page', NOW)).toBeUndefined();
    expect(await tokens.replace('two', 'four', 'page', NOW)).toBeUndefined();
    expect(await tokens.replace('other', 'five', 'page', NOW)).toBeDefined();
  });

  it('replaces one of twenty that come at once', async () => {
    await tokens.insert('one', grant());
    const all = Array.from({ length: 20 }, (_, index) => tokens.replace('one', `two-${index}`, 'page', NOW));
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(1);
    expect(await left()).toBe(0);
  });

  it.each([
    ['unknown', 'nothing', 'page', NOW],
    ['that of another client', 'one', 'other', NOW],
    ['expired', 'one', 'page', NOW + 60_000],
    ['spelled otherwise', 'ONE', 'page', NOW],
  ])('knows no token that is %s', async (_what, token, client, now) => {
    await tokens.insert('one', grant());
    expect(await tokens.replace(token, 'two', client, now)).toBeUndefined();
    expect(await left()).toBe(1);
  });

  it('revokes a login for its client only', async () => {
    await tokens.insert('one', grant());
    await tokens.replace('one', 'two', 'page', NOW);
    await tokens.revoke('two', 'other');
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
