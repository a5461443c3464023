import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { Outbox } from '../src/outbox/outbox.js';
import { type ClaimedMessage, OutboxRepository } from '../src/outbox/outbox.repository.js';
import { type MakeDatabase, type OpenDatabase, openDatabase } from './support/open-database.js';

const LEASE_MS = 30_000;
const HOUR_MS = 3_600_000;
const TRACE = 'Root=1-00000000-000000000000000000000000';

/** What {@link OutboxRepository} promises, whatever the database. */
export function describeOutboxRepository(makeDatabase: MakeDatabase): void {
  let open: OpenDatabase;
  let messages: OutboxRepository;
  let now: number;

  beforeAll(async () => {
    open = await openDatabase(makeDatabase);
    messages = new OutboxRepository(open.database);
  });
  beforeEach(async () => {
    await open.dataSource.query('DELETE FROM outbox');
    now = Date.now() + 1_000;
  });
  afterAll(() => open.drop());

  const add = async (count = 1): Promise<void> => {
    const outbox = new Outbox(new NoTracer());
    const mail = { subject: 'Ünïcödé 😀', content: 'a mail', toEmails: ['jane@example.com'] };
    // Few in a transaction, whose time is bounded.
    for (let left = count; left > 0; left -= 50) {
      await open.database.transaction(async (manager) => {
        for (let i = 0; i < Math.min(left, 50); i += 1) await outbox.add(manager, mail, TRACE);
      });
    }
  };
  const claim = (at = now, limit = 100): Promise<ClaimedMessage[]> => messages.claim(at, LEASE_MS, limit);
  const claimOne = async (at = now): Promise<ClaimedMessage> => {
    const claimed = await claim(at);
    expect(claimed).toHaveLength(1);
    return claimed[0]!;
  };
  const only = async (): Promise<unknown> => {
    const rows = await messages.list(undefined, 10);
    expect(rows).toHaveLength(1);
    return rows[0];
  };

  describe('claiming', () => {
    it('gives the mail as it was left, with the request that caused it', async () => {
      await add();
      const { payload, traceHeader, id } = await claimOne();
      expect(JSON.parse(payload)).toEqual({
        subject: 'Ünïcödé 😀',
        content: 'a mail',
        toEmails: ['jane@example.com'],
      });
      expect(traceHeader).toBe(TRACE);
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('gives nothing before it is due, and nothing to a second claim until the lease ends', async () => {
      await add();
      expect(await claim(now - HOUR_MS)).toEqual([]);
      const first = await claimOne();
      expect(await claim(now + LEASE_MS - 1)).toEqual([]);
      const second = await claimOne(now + LEASE_MS);
      expect(second.id).toBe(first.id);
      expect(second.claimId).not.toBe(first.claimId);
    });

    it('counts an attempt when it begins', async () => {
      await add();
      for (const attempt of [1, 2, 3]) {
        expect((await claimOne(now + attempt * LEASE_MS)).attempts).toBe(attempt);
        expect(await only()).toMatchObject({ attempts: attempt });
      }
    });

    it('takes no more than asked for, and what is due longest first', async () => {
      await add(3);
      const [early] = await claim(now, 1);
      await messages.markFailed(early!, 'later', now + 5);
      const [next] = await claim(now + 5, 1);
      expect(next?.id).not.toBe(early?.id);
      expect((await claim(now + 5, 10)).map(({ id }) => id)).toContain(early?.id);
    });

    it('gives each row to one of many claimers', async () => {
      await add(200);
      const claimed: string[] = [];
      const claimer = async (): Promise<void> => {
        for (let empty = 0; empty < 3;) {
          const rows = await claim(now, 7);
          claimed.push(...rows.map(({ id }) => id));
          if (rows.length === 0) empty += 1;
        }
      };
      await Promise.all(Array.from({ length: 8 }, claimer));
      expect(claimed).toHaveLength(200);
      expect(new Set(claimed).size).toBe(200);
    });
  });

  describe('marking', () => {
    it('sent: never claimed again', async () => {
      await add();
      await messages.markSent(await claimOne(), now);
      expect(await only()).toMatchObject({ state: 'sent', reason: null });
      expect(await claim(now + HOUR_MS)).toEqual([]);
    });

    it('failed: claimed again at the time that was set', async () => {
      await add();
      await messages.markFailed(await claimOne(), '503 MAIL_THROTTLED', now + 500);
      expect(await only()).toMatchObject({
        state: 'pending',
        reason: '503 MAIL_THROTTLED',
        dueAt: now + 500,
      });
      expect(await claim(now + 499)).toEqual([]);
      await claimOne(now + 500);
    });

    it('dead: kept with its reason, never claimed again', async () => {
      await add();
      await messages.markDead(await claimOne(), '422 RECIPIENT_REJECTED');
      expect(await only()).toMatchObject({ state: 'dead', reason: '422 RECIPIENT_REJECTED', attempts: 1 });
      expect(await claim(now + HOUR_MS)).toEqual([]);
    });

    it('is not for a claim whose lease has passed on', async () => {
      await add();
      const stale = await claimOne();
      const holder = await claimOne(now + LEASE_MS);
      await messages.markSent(stale, now);
      await messages.markDead(stale, 'stale');
      await messages.markFailed(stale, 'stale', now + HOUR_MS);
      expect(await only()).toMatchObject({ state: 'pending', reason: null, dueAt: now + 2 * LEASE_MS });
      await messages.markSent(holder, now);
      await messages.markDead(holder, 'too late');
      expect(await only()).toMatchObject({ state: 'sent', reason: null });
    });
  });

  describe('what operators do', () => {
    it('lists by state, oldest first, without addresses and texts', async () => {
      await add(3);
      const [dead] = await claim(now, 1);
      await messages.markDead(dead!, '422 X');
      const all = await messages.list(undefined, 10);
      expect(all.map(({ createdAt }) => createdAt)).toEqual(all.map(({ createdAt }) => createdAt).toSorted());
      expect(JSON.stringify(all)).not.toMatch(/jane|a mail/);
      expect((await messages.list('dead', 10)).map(({ id }) => id)).toEqual([dead?.id]);
      expect(await messages.list('pending', 1)).toHaveLength(1);
    });

    it('retries one dead row or all, with the attempts counted anew', async () => {
      await add(3);
      const claimed = await claim();
      for (const message of claimed) await messages.markDead(message, '422 X');
      expect(await messages.retry('nobody', now)).toBe(0);
      expect(await messages.retry(claimed[0]!.id, now)).toBe(1);
      expect(await claimOne()).toMatchObject({ id: claimed[0]!.id, attempts: 1 });
      expect(await messages.retry(undefined, now)).toBe(2);
      expect(await claim()).toHaveLength(2);
    });

    it('purges rows in one final state and leaves the others', async () => {
      await add(4);
      const [sent, dead] = await claim(now, 2);
      await messages.markSent(sent!, now);
      await messages.markDead(dead!, '422 X');
      expect(await messages.purge('dead')).toBe(1);
      expect((await messages.list(undefined, 10)).map(({ state }) => state).toSorted()).toEqual([
        'pending',
        'pending',
        'sent',
      ]);
      expect(await messages.purge('sent')).toBe(1);
      expect(await messages.list(undefined, 10)).toHaveLength(2);
    });

    it('purges more rows than one statement takes', async () => {
      await add(1_100);
      await open.dataSource.query("UPDATE outbox SET state = 'sent', sent_at = 1");
      expect(await messages.purge('sent')).toBe(1_100);
    });

    it('deletes what was sent long ago, up to a limit', async () => {
      await add(4);
      const [old, older, recent] = await claim(now, 3);
      await messages.markSent(old!, now);
      await messages.markSent(older!, now);
      await messages.markSent(recent!, now + HOUR_MS);
      expect(await messages.deleteSent(now, 10)).toBe(0);
      expect(await messages.deleteSent(now + HOUR_MS, 1)).toBe(1);
      expect(await messages.deleteSent(now + HOUR_MS, 10)).toBe(1);
      expect((await messages.list(undefined, 10)).map(({ state }) => state).toSorted()).toEqual([
        'pending',
        'sent',
      ]);
    });
  });
}
