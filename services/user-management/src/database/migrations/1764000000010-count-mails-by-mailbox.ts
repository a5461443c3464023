import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets mails be counted by the inbox that they go to. */
export class CountMailsByMailbox1764000000010 implements MigrationInterface {
  readonly name = 'CountMailsByMailbox1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    const table = await runner.getTable('outbox');
    // MySQL keeps what a run did that was cut off. The version before does not know the column: its mails do not count.
    if (table?.findColumnByName('mailbox') === undefined)
      await runner.query('ALTER TABLE outbox ADD COLUMN mailbox varchar(64) NULL');
    if (table?.indices.some(({ name }) => name === 'outbox_mailbox') !== true)
      await runner.query('CREATE INDEX outbox_mailbox ON outbox (mailbox, created_at)');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations are forward only: restore a snapshot'));
  }
}
