import { expect, it } from '@jest/globals';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { Outbox } from '../src/outbox/outbox.js';
import { OutboxRepository } from '../src/outbox/outbox.repository.js';
import { describeOutboxRepository } from './outbox-repository.contract.js';
import { describeOnMysql, mysqlDatabase } from './support/database.js';
import { openDatabase } from './support/open-database.js';

describeOnMysql('OutboxRepository on MySQL', () => {
  describeOutboxRepository(mysqlDatabase);

  it('passes over rows that another relay is just claiming, without waiting for it', async () => {
    const open = await openDatabase(mysqlDatabase);
    const messages = new OutboxRepository(open.database);
    const mail = { subject: 's', content: 'c', toEmails: ['jane@example.com'] };
    await open.database.transaction(async (manager) => {
      for (let i = 0; i < 4; i += 1) await new Outbox(new NoTracer()).add(manager, mail, '');
    });
    const passedOver = await open.database.transaction(async (manager) => {
      const held = await manager.query<{ id: string }[]>('SELECT id FROM outbox LIMIT 2 FOR UPDATE');
      const claimed = await messages.claim(30_000, 10);
      expect(claimed).toHaveLength(2);
      for (const { id } of held) expect(claimed.map((message) => message.id)).not.toContain(id);
      return held.length;
    });
    expect(await messages.claim(30_000, 10)).toHaveLength(passedOver);
    await open.drop();
  });
});
