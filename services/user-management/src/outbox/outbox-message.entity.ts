import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `pending`: to be sent, or being sent; `sent`: accepted by notification; `dead`: given up, see `reason`. */
export type OutboxState = 'pending' | 'sent' | 'dead';

/** A row of `outbox`: a mail that was promised when its transaction committed. Times are ms since 1970. */
@Entity({ name: 'outbox' })
@Index('outbox_due', ['state', 'dueAt'])
@Index('outbox_mailbox', ['mailbox', 'createdAt'])
export class OutboxMessage {
  /** Also the Idempotency-Key under which notification gets the mail. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The request body for `POST /notification/send`, as JSON. */
  @Column({ type: 'text' })
  payload: string;

  @Column({ type: 'varchar', length: 10 })
  state: OutboxState;

  /** Counted when an attempt begins, so that one that never ended counts too. */
  @Column({ type: 'int' })
  attempts: number;

  /** When the row may be claimed: the next attempt's time, or the end of the lease of the present one. */
  @Column({ name: 'due_at', type: 'bigint' })
  dueAt: number;

  /** The claim that holds the lease; a relay whose lease has passed on can't mark the row any more. */
  @Column({ name: 'claim_id', type: 'varchar', length: 36, nullable: true })
  claimId: string | null;

  /** Why the last attempt failed: a code, never an address. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  reason: string | null;

  /** X-Amzn-Trace-Id of the request that wrote the row. */
  @Column({ name: 'trace_header', type: 'varchar', length: 255, nullable: true })
  traceHeader: string | null;

  /** The inbox that the mail goes to, as mail/mailbox.ts writes it, where mails to it are limited. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  mailbox: string | null;

  @Column({ name: 'created_at', type: 'bigint' })
  createdAt: number;

  @Column({ name: 'sent_at', type: 'bigint', nullable: true })
  sentAt: number | null;
}
