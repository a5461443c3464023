import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { OutboxState } from './outbox-message.entity.js';

/** A row that this relay holds the lease of. */
export interface ClaimedMessage {
  id: string;
  claimId: string;
  payload: string;
  /** This attempt included. */
  attempts: number;
  traceHeader: string | null;
  createdAt: number;
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
type StoredEntry = Omit<OutboxEntry, 'createdAt' | 'dueAt'> & {
  createdAt: number | string;
  dueAt: number | string;
};

/** How many mails wait and are dead, and since when (ms) the oldest one waits. */
export interface OutboxDepth {
  pending: number;
  dead: number;
  oldest: number | undefined;
}

/** SQL on `outbox`. All times are ms since 1970, by the clock of the process. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /**
   * Leases up to `limit` due rows for `leaseMs`: no other relay gets them
   * until then. Rows that others are just claiming are passed over.
   */
  async claim(now: number, leaseMs: number, limit: number): Promise<ClaimedMessage[]> {
    const claimId = randomUUID();
    return this.database.transaction(async (manager) => {
      const rows = await manager.query<Omit<ClaimedMessage, 'claimId'>[]>(
        `SELECT id, payload, attempts + 1 AS attempts, trace_header AS traceHeader, created_at AS createdAt
         FROM outbox WHERE state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT ?
         ${this.database.isMysql ? 'FOR UPDATE SKIP LOCKED' : ''}`,
        [now, limit],
      );
      if (rows.length === 0) return [];
      await manager.query(
        `UPDATE outbox SET claim_id = ?, due_at = ?, attempts = attempts + 1
         WHERE id IN (${rows.map(() => '?').join(', ')})`,
        [claimId, now + leaseMs, ...rows.map(({ id }) => id)],
      );
      return rows.map((row) => ({ ...row, claimId }));
    });
  }

  /** Notification has taken the mail. */
  async markSent(message: ClaimedMessage, now: number): Promise<void> {
    await this.finish(message, 'state = ?, sent_at = ?, reason = NULL', ['sent', now]);
  }

  /** The attempt failed; the next one is due at `dueAt`. */
  async markFailed(message: ClaimedMessage, reason: string, dueAt: number): Promise<void> {
    await this.finish(message, 'due_at = ?, reason = ?', [dueAt, reason]);
  }

  /** No attempt can succeed. */
  async markDead(message: ClaimedMessage, reason: string): Promise<void> {
    await this.finish(message, 'state = ?, reason = ?', ['dead', reason]);
  }

  /** How many mails wait and are dead. */
  async depth(): Promise<OutboxDepth> {
    const rows = await this.database.query<{ state: string; count: number; oldest: number }>(
      `SELECT state, COUNT(*) AS count, MIN(created_at) AS oldest FROM outbox
       WHERE state IN ('pending', 'dead') GROUP BY state`,
    );
    const of = (state: string): { count: number; oldest: number } | undefined =>
      rows.find((row) => row.state === state);
    const pending = of('pending');
    return {
      pending: pending?.count ?? 0,
      dead: of('dead')?.count ?? 0,
      oldest: pending?.oldest,
    };
  }

  /** Deletes rows sent before `before`, at most `limit`. @returns how many */
  async deleteSent(before: number, limit: number): Promise<number> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM outbox WHERE state = 'sent' AND due_at < ? AND sent_at < ? LIMIT ?`,
      [before, before, limit],
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
  async retry(id: string | undefined, now: number): Promise<number> {
    return this.database.transaction(async (manager) => {
      const one = id === undefined ? '' : 'AND id = ?';
      const parameters = id === undefined ? [] : [id];
      const dead = await manager.query<unknown[]>(
        `SELECT id FROM outbox WHERE state = 'dead' ${one}`,
        parameters,
      );
      await manager.query(
        `UPDATE outbox SET state = 'pending', attempts = 0, due_at = ? WHERE state = 'dead' ${one}`,
        [now, ...parameters],
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
