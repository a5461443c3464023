import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { databaseClock } from '../database/database-clock.js';
import type { OutboxState } from './outbox-message.entity.js';

/** A row that this relay holds the lease of. */
export interface ClaimedMessage {
  id: string;
  claimId: string;
  payload: string;
  /** This attempt included. */
  attempts: number;
  traceHeader: string | null;
  /** How long ago the mail was committed when the row was claimed, in ms. */
  waitedMs: number;
}

/** What operators see of a row: no address and no text. */
export interface OutboxEntry {
  id: string;
  state: OutboxState;
  attempts: number;
  reason: string | null;
  createdAt: number;
  dueAt: number;
}

/** A BIGINT may come as text. */
type StoredMessage = Omit<ClaimedMessage, 'claimId' | 'waitedMs'> & { waitedMs: number | string };
type StoredEntry = Omit<OutboxEntry, 'createdAt' | 'dueAt'> & {
  createdAt: number | string;
  dueAt: number | string;
};

/** How many mails wait and are dead, and for how long (ms) the oldest one has waited; undefined if none waits. */
export interface OutboxDepth {
  pending: number;
  dead: number;
  oldestMs: number | undefined;
}

/** SQL on `outbox`. All times are ms since 1970, by the clock of the database: those of the processes differ. */
@Injectable()
export class OutboxRepository {
  private readonly clock: string;

  constructor(private readonly database: Database) {
    this.clock = databaseClock(database.isMysql);
  }

  /**
   * Leases up to `limit` due rows for `leaseMs`: no other relay gets them
   * until then. Rows that others are just claiming are passed over.
   */
  async claim(leaseMs: number, limit: number): Promise<ClaimedMessage[]> {
    const claimId = randomUUID();
    return this.database.transaction(async (manager) => {
      const rows = await manager.query<StoredMessage[]>(
        `SELECT id, payload, attempts + 1 AS attempts, trace_header AS traceHeader,
           ${this.clock} - created_at AS waitedMs
         FROM outbox WHERE state = 'pending' AND due_at <= ${this.clock} ORDER BY due_at LIMIT ?
         ${this.database.isMysql ? 'FOR UPDATE SKIP LOCKED' : ''}`,
        [limit],
      );
      if (rows.length === 0) return [];
      await manager.query(
        `UPDATE outbox SET claim_id = ?, due_at = ${this.clock} + ?, attempts = attempts + 1
         WHERE id IN (${rows.map(() => '?').join(', ')})`,
        [claimId, leaseMs, ...rows.map(({ id }) => id)],
      );
      return rows.map((row) => ({ ...row, claimId, waitedMs: Number(row.waitedMs) }));
    });
  }

  /** Notification has taken the mail. */
  async markSent(message: ClaimedMessage): Promise<void> {
    await this.finish(message, `state = ?, sent_at = ${this.clock}, reason = NULL`, ['sent']);
  }

  /** The attempt failed; the next one is due in `waitMs`. */
  async markFailed(message: ClaimedMessage, reason: string, waitMs: number): Promise<void> {
    await this.finish(message, `due_at = ${this.clock} + ?, reason = ?`, [waitMs, reason]);
  }

  /** No mail may be sent at present: like {@link markFailed}, but the attempt is not counted. */
  async postpone(message: ClaimedMessage, reason: string, waitMs: number): Promise<void> {
    const set = `due_at = ${this.clock} + ?, reason = ?, attempts = attempts - 1`;
    await this.finish(message, set, [waitMs, reason]);
  }

  /** No attempt can succeed. */
  async markDead(message: ClaimedMessage, reason: string): Promise<void> {
    await this.finish(message, 'state = ?, reason = ?', ['dead', reason]);
  }

  /** How many mails wait and are dead. */
  async depth(): Promise<OutboxDepth> {
    const rows = await this.database.query<{ state: string; count: number; oldestMs: number | string }>(
      `SELECT state, COUNT(*) AS count, ${this.clock} - MIN(created_at) AS oldestMs FROM outbox
       WHERE state IN ('pending', 'dead') GROUP BY state`,
    );
    const of = (state: string) => rows.find((row) => row.state === state);
    const pending = of('pending');
    return {
      pending: pending?.count ?? 0,
      dead: of('dead')?.count ?? 0,
      oldestMs: pending && Number(pending.oldestMs),
    };
  }

  /** Deletes rows sent more than `ageMs` ago, at most `limit`. @returns how many */
  async deleteSent(ageMs: number, limit: number): Promise<number> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM outbox WHERE state = 'sent' AND due_at < ${this.clock} - ? AND sent_at < ${this.clock} - ? LIMIT ?`,
      [ageMs, ageMs, limit],
    );
    return this.delete(rows.map(({ id }) => id));
  }

  /** Rows for operators, oldest first. */
  async list(state: OutboxState | undefined, limit: number): Promise<OutboxEntry[]> {
    const rows = await this.database.query<StoredEntry>(
      `SELECT id, state, attempts, reason, created_at AS createdAt, due_at AS dueAt FROM outbox
       ${state === undefined ? '' : 'WHERE state = ?'} ORDER BY created_at LIMIT ?`,
      [...(state === undefined ? [] : [state]), limit],
    );
    return rows.map((row) => ({ ...row, createdAt: Number(row.createdAt), dueAt: Number(row.dueAt) }));
  }

  /** Makes dead rows pending again: one, or all. @returns how many */
  async retry(id: string | undefined): Promise<number> {
    return this.database.transaction(async (manager) => {
      const one = id === undefined ? '' : 'AND id = ?';
      const parameters = id === undefined ? [] : [id];
      const dead = await manager.query<unknown[]>(
        `SELECT id FROM outbox WHERE state = 'dead' ${one}`,
        parameters,
      );
      await manager.query(
        `UPDATE outbox SET state = 'pending', attempts = 0, due_at = ${this.clock} WHERE state = 'dead' ${one}`,
        parameters,
      );
      return dead.length;
    });
  }

  /** Deletes all rows in a final state. @returns how many */
  async purge(state: 'sent' | 'dead'): Promise<number> {
    const rows = await this.database.query<{ id: string }>('SELECT id FROM outbox WHERE state = ?', [state]);
    return this.delete(rows.map(({ id }) => id));
  }

  private async delete(ids: readonly string[]): Promise<number> {
    for (let begin = 0; begin < ids.length; begin += 500) {
      const some = ids.slice(begin, begin + 500);
      // Not prepared: a server keeps a limited number of statements, and these are of any length.
      await this.database.transaction((manager) =>
        manager.query(`DELETE FROM outbox WHERE id IN (${some.map(() => '?').join(', ')})`, some),
      );
    }
    return ids.length;
  }

  /** Only the holder of the lease may say how an attempt ended. */
  private async finish(
    message: ClaimedMessage,
    set: string,
    values: readonly (string | number)[],
  ): Promise<void> {
    await this.database.execute(
      `UPDATE outbox SET ${set} WHERE id = ? AND claim_id = ? AND state = 'pending'`,
      [...values, message.id, message.claimId],
    );
  }
}
