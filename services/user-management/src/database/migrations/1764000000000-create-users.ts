import type { MigrationInterface, QueryRunner } from 'typeorm';
import { adoptJavaUsers, usersTable } from '../adopt-java-users.js';

const KEY = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin';
const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci';

/** MySQL's definition of `users`; an adoption adds the keys and the engine once the rows are in. */
const usersOnMysql = (table: string, { keys = '', engine = 'InnoDB' } = {}): string => `
  CREATE TABLE ${table} (
    username_key varchar(400) ${KEY} NOT NULL,
    username varchar(20) ${TEXT} NOT NULL,
    password varchar(255) ${TEXT} NOT NULL,
    email_key varchar(768) ${KEY} NOT NULL,
    email varchar(255) ${TEXT} NOT NULL,
    firstname varchar(20) ${TEXT} NOT NULL,
    lastname varchar(20) ${TEXT} NOT NULL,
    role varchar(255) ${TEXT} NOT NULL,
    enabled tinyint(1) NOT NULL
    ${keys}
  ) ENGINE=${engine} DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`;

const KEYS = ['PRIMARY KEY (username_key)', 'UNIQUE KEY users_email_key (email_key)'];
const complete = (table: string): string =>
  `ALTER TABLE ${table} ENGINE=InnoDB, ${KEYS.map((key) => `ADD ${key}`).join(', ')}`;

/** Makes `users`, or makes the table of the Java original fit. Safe to run again after it was cut off. */
export class CreateUsers1764000000000 implements MigrationInterface {
  // The name is stored in the table `migrations`.
  readonly name = 'CreateUsers1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    if (runner.dataSource.options.type !== 'mysql') {
      await runner.query(`
        CREATE TABLE users (
          username_key varchar(400) PRIMARY KEY NOT NULL,
          username varchar(20) NOT NULL,
          password varchar(255) NOT NULL,
          email_key varchar(768) NOT NULL,
          email varchar(255) NOT NULL,
          firstname varchar(20) NOT NULL,
          lastname varchar(20) NOT NULL,
          role varchar(255) NOT NULL,
          enabled boolean NOT NULL
        ) WITHOUT ROWID`);
      await runner.query('CREATE UNIQUE INDEX users_email_key ON users (email_key)');
      return;
    }
    const found = await usersTable(runner);
    if (found === 'ours') {
      // An earlier run was cut off between its last step and the note that it had run.
      await runner.query('DROP TABLE IF EXISTS users_java');
      return;
    }
    if (found === 'java') {
      await adoptJavaUsers(runner, usersOnMysql, complete);
      return;
    }
    await runner.query(usersOnMysql('users', { keys: `, ${KEYS.join(', ')}` }));
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations are forward only: restore a snapshot'));
  }
}
