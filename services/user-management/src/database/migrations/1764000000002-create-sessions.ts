import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What ends tokens: a stamp of each user that changes with password, role and enabled, and the refresh tokens. */
export class CreateSessions1764000000002 implements MigrationInterface {
  readonly name = 'CreateSessions1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    const onMysql = runner.dataSource.options.type === 'mysql';
    // MySQL keeps what a run did that was cut off.
    if (!(await hasStamp(runner))) {
      // The version before does not know the column: its rows have the default.
      await runner.query('ALTER TABLE users ADD COLUMN security_stamp bigint NOT NULL DEFAULT 0');
    }
    const options = onMysql ? 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin' : '';
    const indexes = onMysql
      ? ', KEY refresh_tokens_family (family), KEY refresh_tokens_expires (expires_at)'
      : '';
    await runner.query(`
      CREATE TABLE IF NOT EXISTS refresh_tokens (
        hash varchar(64) PRIMARY KEY NOT NULL,
        family varchar(36) NOT NULL,
        username_key varchar(400) NOT NULL,
        client_id varchar(100) NOT NULL,
        security_stamp bigint NOT NULL,
        expires_at bigint NOT NULL,
        used_at bigint NULL
        ${indexes}
      ) ${options}`);
    if (onMysql) return;
    await runner.query('CREATE INDEX IF NOT EXISTS refresh_tokens_family ON refresh_tokens (family)');
    await runner.query('CREATE INDEX IF NOT EXISTS refresh_tokens_expires ON refresh_tokens (expires_at)');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations are forward only: restore a snapshot'));
  }
}

async function hasStamp(runner: QueryRunner): Promise<boolean> {
  const table = await runner.getTable('users');
  return table?.findColumnByName('security_stamp') !== undefined;
}
