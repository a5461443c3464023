import { waitFor } from '@usermgmt/testing/wait';
import type { DataSource } from 'typeorm';
import type { OutboxState } from '../../src/outbox/outbox-message.entity.js';

/** A row of `outbox`, as far as tests look at it. */
export interface OutboxRow {
  id: string;
  payload: string;
  state: OutboxState;
  attempts: number;
  due_at: number | string;
  reason: string | null;
}

/** The rows whose mail goes to an address, or all. */
export async function outboxRows(dataSource: DataSource, email = ''): Promise<OutboxRow[]> {
  const rows = await dataSource.query<OutboxRow[]>(
    'SELECT id, payload, state, attempts, due_at, reason FROM outbox',
  );
  return rows.filter(({ payload }) => payload.includes(email));
}

/** Waits until the mail to an address is in a state. */
export function waitForState(dataSource: DataSource, email: string, state: OutboxState): Promise<OutboxRow> {
  return waitFor(`the mail to be ${state}`, async () => {
    const [row] = await outboxRows(dataSource, email);
    return row?.state === state && row;
  });
}
