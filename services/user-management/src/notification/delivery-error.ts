/**
 * What becomes of a mail that was not taken: `final`, no attempt can succeed;
 * `retry`, the next one may; `wait`, no mail may be sent at present, which is
 * no failed attempt of this one.
 */
export type DeliveryVerdict = 'final' | 'retry' | 'wait';

/** Why a mail was not taken. `reason` is of names and codes and never holds a value. */
export class DeliveryError extends Error {
  constructor(
    readonly reason: string,
    readonly verdict: DeliveryVerdict,
    /** What was asked for, in ms; 0 if nothing. */
    readonly retryAfterMs = 0,
  ) {
    super(reason);
    this.name = 'DeliveryError';
  }
}
