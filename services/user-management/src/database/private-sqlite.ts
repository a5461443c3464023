import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';

const OWNER_ONLY = 0o600;

type Sqlite = new (file: string, options?: object) => object;

/**
 * Loads the class of an SQLite database whose files only their owner can read and write, those that exist already too:
 * they hold names, addresses and password hashes. Its constructor throws an Error with code EPERM when a file belongs to
 * another user.
 *
 * A function, because the images have no libsql.
 */
export function privateSqlite(): Sqlite {
  // libsql has better-sqlite3's interface, and its binary comes with the package for every version of Node.
  const Libsql = createRequire(import.meta.url)('libsql') as Sqlite;
  return class PrivateSqlite extends Libsql {
    constructor(file: string, options?: object) {
      if (file !== ':memory:') makePrivate(file);
      super(file, options);
    }
  };
}

function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', OWNER_ONLY));
  // SQLite gives new files beside the database the mode of the database.
  for (const each of [file, `${file}-wal`, `${file}-shm`]) {
    if (existsSync(each)) chmodSync(each, OWNER_ONLY);
  }
}
