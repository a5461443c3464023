import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EmailTakenError, UsernameTakenError } from '../src/users/user.errors.js';
import type { UserRecord, UserRow } from '../src/users/user.js';
import { UsersRepository } from '../src/users/users.repository.js';
import { type MakeDatabase, type OpenDatabase, openDatabase } from './support/open-database.js';

const record = (username: string, changes: Partial<UserRecord> = {}): UserRecord => ({
  username,
  email: `${Buffer.from(username).toString('hex')}@example.com`,
  role: 'ROLE_USER',
  enabled: true,
  firstname: 'First',
  lastname: '',
  password: '$argon2id$secret',
  ...changes,
});

/** What {@link UsersRepository} promises, whatever the database. */
export function describeUsersRepository(makeDatabase: MakeDatabase): void {
  let open: OpenDatabase;
  let users: UsersRepository;

  beforeAll(async () => {
    open = await openDatabase(makeDatabase);
    users = new UsersRepository(open.database);
  });
  beforeEach(() => open.dataSource.query('DELETE FROM users'));
  afterAll(() => open.drop());

  const insert = (username: string, changes?: Partial<UserRecord>): Promise<void> =>
    open.database.transaction((manager) => users.insert(manager, record(username, changes)));

  const change = (username: string, work: (user: UserRow) => Partial<UserRow>): Promise<void> =>
    open.database.transaction(async (manager) => {
      const user = await users.lock(manager, username);
      if (user) await users.update(manager, username, work(user));
    });

  const rowsInTable = async (): Promise<number> =>
    (await open.database.query('SELECT username FROM users')).length;

  describe('finding', () => {
    it.each([
      ['José', ['José', 'JOSÉ', 'jose', 'Jose\u0301', 'jo\u200bse']],
      ['Straße', ['STRASSE', 'strasse']],
      ['Æsop Øre', ['aesop ore']],
      ['Дмитрий', ['ДМИТРИЙ', 'дмитрии\u0306']],
      ['张三丰', ['张三丰']],
    ])('finds %s by any case and accents, in its own spelling', async (stored, asked) => {
      await insert(stored);
      for (const name of asked) expect((await users.findByName(name))?.username).toBe(stored);
    });

    it('does not find what only looks alike', async () => {
      await insert('Дмитрий');
      for (const name of ['Дмитрии', 'Дмитри', 'Дмитрий '])
        expect(await users.findByName(name)).toBeUndefined();
    });

    it('finds an address in any case, and not without its accents', async () => {
      await insert('jane', { email: 'Jöne@Example.COM' });
      expect((await users.findByEmail('JÖNE@example.com'))?.email).toBe('Jöne@Example.COM');
      expect((await users.findByEmail('jo\u0308ne@example.com'))?.username).toBe('jane');
      expect(await users.findByEmail('jone@example.com')).toBeUndefined();
    });

    it('shows every field but the password and the keys', async () => {
      await insert('jane', { enabled: false, lastname: 'Doe' });
      const { password, ...shown } = record('jane', { enabled: false, lastname: 'Doe' });
      expect(await users.findByName('jane')).toEqual(shown);
      expect(password).toBeDefined();
    });
  });

  describe('inserting', () => {
    it('refuses a name that is there in another case or with other accents', async () => {
      await insert('José');
      await expect(insert('JOSE', { email: 'other@example.com' })).rejects.toThrow(UsernameTakenError);
      expect(await rowsInTable()).toBe(1);
    });

    it('refuses an address that is there in another case', async () => {
      await insert('jane', { email: 'jane@example.com' });
      await expect(insert('other', { email: 'JANE@EXAMPLE.COM' })).rejects.toThrow(EmailTakenError);
    });

    it('names the user name when both are taken, also by two users', async () => {
      await insert('jane', { email: 'jane@example.com' });
      await insert('john', { email: 'john@example.com' });
      for (const email of ['jane@example.com', 'john@example.com']) {
        await expect(insert('Jane', { email })).rejects.toThrow(UsernameTakenError);
      }
    });

    it('is not misled by values that are like an index name', async () => {
      await insert('users_email_key', { email: 'jane@example.com' });
      await expect(insert('USERS_EMAIL_KEY')).rejects.toThrow(UsernameTakenError);
      await insert('john', { email: "PRIMARY'@example.com" });
      await expect(insert('jack', { email: "primary'@example.com" })).rejects.toThrow(EmailTakenError);
    });

    it('takes the longest key and characters outside the Basic Multilingual Plane', async () => {
      const longest = '\uFDFA'.repeat(20);
      await insert(longest, { firstname: '😀'.repeat(10), lastname: '𠮷'.repeat(10) });
      expect(await users.findByName(longest)).toMatchObject({
        username: longest,
        firstname: '😀'.repeat(10),
        lastname: '𠮷'.repeat(10),
      });
      await expect(insert(longest, { email: 'x@example.com' })).rejects.toThrow(UsernameTakenError);
    });

    it('lets one of many that come at once win', async () => {
      const names = Array.from({ length: 20 }, (_, i) => (i % 2 ? 'Racer' : 'rácer'));
      const results = await Promise.allSettled(
        names.map((name, i) => insert(name, { email: `${i}@example.com` })),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(UsernameTakenError);
      }
    });
  });

  describe('changing and deleting', () => {
    it('changes what is given and keeps the spelling of the name', async () => {
      await insert('José');
      await change('JOSE', () => ({ email: 'New@example.com', enabled: false, lastname: 'Ñ' }));
      expect(await users.findByName('josé')).toMatchObject({
        username: 'José',
        email: 'New@example.com',
        enabled: false,
        firstname: 'First',
        lastname: 'Ñ',
      });
      expect((await users.findByEmail('NEW@example.com'))?.username).toBe('José');
    });

    it("takes another spelling of the user's own address, and refuses another user's", async () => {
      await insert('jane', { email: 'jane@example.com' });
      await insert('john', { email: 'john@example.com' });
      await change('jane', () => ({ email: 'JANE@example.com' }));
      expect((await users.findByName('jane'))?.email).toBe('JANE@example.com');
      await expect(change('jane', () => ({ email: 'John@Example.com' }))).rejects.toThrow(EmailTakenError);
    });

    it('loses no change when many lock the same user', async () => {
      await insert('jane', { lastname: '0' });
      await Promise.all(
        Array.from({ length: 15 }, () =>
          change('jane', ({ lastname }) => ({ lastname: String(Number(lastname) + 1) })),
        ),
      );
      expect((await users.findByName('jane'))?.lastname).toBe('15');
    });

    it('locks nothing where there is nobody', async () => {
      await open.database.transaction(async (manager) => {
        expect(await users.lock(manager, 'nobody')).toBeUndefined();
      });
    });

    it('deletes by any spelling, once', async () => {
      await insert('José');
      const remove = (): Promise<boolean> =>
        open.database.transaction((manager) => users.delete(manager, 'JOSE'));
      expect(await remove()).toBe(true);
      expect(await remove()).toBe(false);
      expect(await users.findByName('José')).toBeUndefined();
    });
  });
}
