import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { isBcrypt } from '../src/users/password-hash.js';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { connect, migrated, sqliteDatabase } from './support/database.js';

/** The page about migrating, whose claims on tables and passwords are held against the code. */
const PAGE = readFileSync(new URL('../../../docs/migrating-from-java.md', import.meta.url), 'utf8');

it('names every table and every column that the original did not have', async () => {
  const database = await migrated(await sqliteDatabase());
  const beside = await connect(database);
  const tables = await beside.query<{ name: string }[]>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  const columns = await beside.query<{ name: string }[]>("SELECT name FROM pragma_table_info('users')");
  await beside.destroy();
  await database.drop();
  const ofTheOriginal = ['username', 'password', 'email', 'firstname', 'lastname', 'role', 'enabled'];
  for (const { name } of tables) expect(PAGE).toContain(`\`${name}\``);
  for (const { name } of columns) {
    if (!ofTheOriginal.includes(name)) expect(PAGE).toContain(`\`${name}\``);
  }
});

it('tells which hashes are accepted, and what replaces them', async () => {
  const hash = (begin: string): string => begin + '.'.repeat(53);
  const [, prefixes = '', least = '', most = ''] =
    /Hashes that begin with (.+) and have a cost of (\d+) \(the original's\) to (\d+) are/s.exec(PAGE) ?? [];
  const named = prefixes.match(/\$2\w\$/g) ?? [];
  expect(named).toEqual(['$2a$', '$2b$', '$2y$']);
  for (const prefix of named) {
    for (let cost = 1; cost <= 31; cost += 1) {
      const accepted = isBcrypt(hash(`${prefix}${String(cost).padStart(2, '0')}$`));
      expect(accepted).toBe(cost >= Number(least) && cost <= Number(most));
    }
  }
  const made = await new PasswordHasher().hash('a password');
  expect(PAGE).toContain(`\`${made.split('$').slice(0, 4).join('$')}$…\``);
});
