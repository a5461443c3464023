import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Makes `outbox`, where a mail waits from the commit of its user until notification has taken it. */
export class CreateOutbox1764000000001 implements MigrationInterface {
  readonly name = 'CreateOutbox1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const onMysql = runner.dataSource.options.type === 'mysql';
    const index = onMysql ? ', KEY outbox_due (state, due_at)' : '';
    const options = onMysql ? 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin' : '';
    await runner.query(`
      CREATE TABLE IF NOT EXISTS outbox (
        id varchar(36) PRIMARY KEY NOT NULL,
        payload text NOT NULL,
        state varchar(10) NOT NULL,
        attempts integer NOT NULL,
        due_at bigint NOT NULL,
        claim_id varchar(36) NULL,
        reason varchar(255) NULL,
        trace_header varchar(255) NULL,
        created_at bigint NOT NULL,
        sent_at bigint NULL
        ${index}
      ) ${options}`);
    if (!onMysql) await runner.query('CREATE INDEX IF NOT EXISTS outbox_due ON outbox (state, due_at)');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations are forward only: restore a snapshot'));
  }
}
