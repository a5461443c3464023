import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { stretchDeadlines } from '@usermgmt/testing/deadlines';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { Outbox } from '../src/outbox/outbox.js';
import { type ClaimedMessage, OutboxRepository } from '../src/outbox/outbox.repository.js';
import { type MakeDatabase, type OpenDatabase, openDatabase } from './support/open-database.js';

// Eight claimers at the same time wait longer than 2 s on a busy machine.
stretchDeadlines();

const LEASE_MS = 30_000;
const HOUR_MS = 3_600_000;
const TRACE = 'Root=1-00000000-000000000000000000000000';

/** What {@link OutboxRepository} promises, whatever the database. */
export function describeOutboxRepository(makeDatabase: MakeDatabase): void {
  let open: OpenDatabase;
  let messages: OutboxRepository;

  beforeAll(async () => {
    open = await openDatabase(makeDatabase);
    messages = new OutboxRepository(open.database);
  });
  beforeEach(async () => {
    await open.dataSource.query('DELETE FROM outbox');
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
  const claim = (limit = 100): Promise<ClaimedMessage[]> => messages.claim(LEASE_MS, limit);
  /** Lets time go by for what stands in the table: the clock is the database's. */
  const pass = async (ms: number): Promise<void> => {
    await open.dataSource.query(
      'UPDATE outbox SET due_at = due_at - ?, created_at = created_at - ?, sent_at = sent_at - ?',
      [ms, ms, ms],
    );
  };
  const claimOne = async (): Promise<ClaimedMessage> => {
    const claimed = await claim();
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
      await pass(-HOUR_MS);
      expect(await claim()).toEqual([]);
      await pass(HOUR_MS);
      const first = await claimOne();
      await pass(LEASE_MS / 2);
      expect(await claim()).toEqual([]);
      await pass(LEASE_MS / 2);
      const second = await claimOne();
      expect(second.id).toBe(first.id);
      expect(second.claimId).not.toBe(first.claimId);
    });

    it('tells how long the mail has waited', async () => {
      await add();
      await pass(HOUR_MS);
      const { waitedMs } = await claimOne();
      expect(waitedMs - HOUR_MS).toBeGreaterThanOrEqual(0);
      expect(waitedMs - HOUR_MS).toBeLessThan(HOUR_MS / 2);
      expect((await messages.depth()).oldestMs).toBeGreaterThanOrEqual(HOUR_MS);
    });

    it('counts an attempt when it begins', async () => {
      await add();
      for (const attempt of [1, 2, 3]) {
        expect((await claimOne()).attempts).toBe(attempt);
        expect(await only()).toMatchObject({ attempts: attempt });
        await pass(LEASE_MS);
      }
    });

    it('takes no more than asked for, and what is due longest first', async () => {
      await add(3);
      const [early] = await claim(1);
      // The others have been due for a second when it is due again.
      await pass(1_000);
      await messages.markFailed(early!, 'later', 0);
      const [next] = await claim(1);
      expect(next?.id).not.toBe(early?.id);
      expect((await claim(10)).map(({ id }) => id)).toContain(early?.id);
    });

    it('gives each row to one of many claimers', async () => {
      await add(200);
      const claimed: string[] = [];
      const claimer = async (): Promise<void> => {
        // A claim passes over rows that others are just claiming: that one is empty does not mean that none is left.
        while (claimed.length < 200) claimed.push(...(await claim(7)).map(({ id }) => id));
      };
      await Promise.all(Array.from({ length: 8 }, claimer));
      expect(await claim(7)).toEqual([]);
      expect(claimed).toHaveLength(200);
      expect(new Set(claimed).size).toBe(200);
    });
  });

  describe('marking', () => {
    it('sent: never claimed again', async () => {
      await add();
      await messages.markSent(await claimOne());
      expect(await only()).toMatchObject({ state: 'sent', reason: null });
      await pass(HOUR_MS);
      expect(await claim()).toEqual([]);
    });

    it('failed: claimed again after the time that was set', async () => {
      await add();
      await messages.markFailed(await claimOne(), '503 MAIL_UNAVAILABLE', HOUR_MS);
      expect(await only()).toMatchObject({ state: 'pending', reason: '503 MAIL_UNAVAILABLE', attempts: 1 });
      await pass(HOUR_MS / 2);
      expect(await claim()).toEqual([]);
      await pass(HOUR_MS / 2);
      expect((await claimOne()).attempts).toBe(2);
    });

    it('postponed: like failed, and the attempt is not counted', async () => {
      await add();
      for (let day = 0; day < 5; day += 1) {
        await messages.postpone(await claimOne(), '503 MAIL_THROTTLED', HOUR_MS);
        expect(await only()).toMatchObject({ state: 'pending', reason: '503 MAIL_THROTTLED', attempts: 0 });
        expect(await claim()).toEqual([]);
        await pass(HOUR_MS);
      }
    });

    it('dead: kept with its reason, never claimed again', async () => {
      await add();
      await messages.markDead(await claimOne(), '422 RECIPIENT_REJECTED');
      expect(await only()).toMatchObject({ state: 'dead', reason: '422 RECIPIENT_REJECTED', attempts: 1 });
      await pass(HOUR_MS);
      expect(await claim()).toEqual([]);
    });

    it('is not for a claim whose lease has passed on', async () => {
      await add();
      const stale = await claimOne();
      await pass(LEASE_MS);
      const holder = await claimOne();
      await messages.markSent(stale);
      await messages.markDead(stale, 'stale');
      await messages.markFailed(stale, 'stale', HOUR_MS);
      await messages.postpone(stale, 'stale', HOUR_MS);
      expect(await only()).toMatchObject({ state: 'pending', reason: null, attempts: 2 });
      await messages.markSent(holder);
      await messages.markDead(holder, 'too late');
      expect(await only()).toMatchObject({ state: 'sent', reason: null });
    });
  });

  describe('the depth', () => {
    it('is nothing in an empty outbox', async () => {
      expect(await messages.depth()).toEqual({ pending: 0, dead: 0, oldestMs: undefined });
    });

    it('counts what waits and what is dead, and nothing that was sent', async () => {
      await add(6);
      const [sent, ...dead] = await claim(3);
      await messages.markSent(sent!);
      for (const one of dead) await messages.markDead(one, '422 X');
      expect(await messages.depth()).toMatchObject({ pending: 3, dead: 2 });
      await open.dataSource.query("DELETE FROM outbox WHERE state = 'pending'");
      expect(await messages.depth()).toEqual({ pending: 0, dead: 2, oldestMs: undefined });
    });
  });

  describe('what operators do', () => {
    it('lists by state, oldest first, without addresses and texts', async () => {
      await add(3);
      const [dead] = await claim(1);
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
      expect(await messages.retry('nobody')).toBe(0);
      expect(await messages.retry(claimed[0]!.id)).toBe(1);
      expect(await claimOne()).toMatchObject({ id: claimed[0]!.id, attempts: 1 });
      expect(await messages.retry(undefined)).toBe(2);
      expect(await claim()).toHaveLength(2);
    });

    it('purges rows in one final state and leaves the others', async () => {
      await add(4);
      const [sent, dead] = await claim(2);
      await messages.markSent(sent!);
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
      const [old, older, recent] = await claim(3);
      await messages.markSent(old!);
      await messages.markSent(older!);
      await pass(HOUR_MS);
      await messages.markSent(recent!);
      expect(await messages.deleteSent(2 * HOUR_MS, 10)).toBe(0);
      expect(await messages.deleteSent(HOUR_MS / 2, 1)).toBe(1);
      expect(await messages.deleteSent(HOUR_MS / 2, 10)).toBe(1);
      expect((await messages.list(undefined, 10)).map(({ state }) => state).toSorted()).toEqual([
        'pending',
        'sent',
      ]);
    });
  });
}
