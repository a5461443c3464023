import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { waitFor } from '@usermgmt/testing/wait';
import { DataSource } from 'typeorm';
import { Outbox } from '../src/outbox/outbox.js';
import { accept, refuse } from './support/notification-server.js';
import { outboxRows, type OutboxRow } from './support/outbox.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
beforeEach(async () => {
  service = await startService({ OUTBOX_MAX_ATTEMPTS: '2', OUTBOX_POLL_MS: '20' });
});
afterEach(() => service.stop());

async function leave(count: number): Promise<void> {
  const outbox = new Outbox(new NoTracer());
  await service.app.get(DataSource).transaction(async (manager) => {
    for (let i = 0; i < count; i += 1) {
      await outbox.add(manager, { subject: 's', content: 'c', toEmails: [`u${i}@example.com`] }, '');
    }
  });
}

const rows = (): Promise<OutboxRow[]> => outboxRows(service.dataSource);

describe('a quota that is used up', () => {
  it('is waited for: tries are not counted, and the mail is sent when mails may pass again', async () => {
    service.notification.answer = refuse(503, 'MAIL_THROTTLED', { retryAfter: '1' });
    await leave(1);
    await waitFor('more tries than attempts are allowed', async () => service.notification.mails.length > 3);
    expect(await rows()).toMatchObject([{ state: 'pending' }]);
    service.notification.answer = accept;
    const [sent] = await waitFor('the mail', async () => {
      const all = await rows();
      return all[0]?.state === 'sent' && all;
    });
    expect(sent).toMatchObject({ attempts: 1 });
  });

  it.each([
    ['as long as notification asks', '600', 600_000],
    ['an hour at most', '86400', 3_600_000],
  ])('is waited for %s, and by the whole relay: not each mail is tried', async (_what, retryAfter, ms) => {
    service.notification.answer = refuse(503, 'MAIL_THROTTLED', { retryAfter });
    const before = Date.now();
    await leave(60);
    const postponed = await waitFor('the batch to be put back', async () => {
      const found = (await rows()).filter(({ reason }) => reason === '503 MAIL_THROTTLED');
      return found.length === 20 && found;
    });
    for (const { attempts, due_at: dueAt } of postponed) {
      expect(attempts).toBe(0);
      expect(Number(dueAt) - before).toBeGreaterThanOrEqual(ms);
      expect(Number(dueAt) - before).toBeLessThan(ms * 1.5);
    }
    // Sign-ups wake the relay, which goes on waiting.
    for (let i = 0; i < 10; i += 1) {
      service.app.get(Outbox).wake();
      await waitFor('a turn of the relay', async () => (await fetch(`${service.url}/usermgmt/users`)).ok);
    }
    expect(service.notification.mails.length).toBeLessThanOrEqual(5);
    expect((await rows()).filter(({ state }) => state === 'dead')).toEqual([]);
  });
});
