/**
 * Stops a relay for as long as notification asks for: while a quota is used
 * up, a few mails are tried and not each that is due.
 */
export class RelayPause {
  private until = -Infinity;
  private why = '';

  /** @param now a clock in milliseconds that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Pauses for `ms` from now; a longer pause that has begun goes on. */
  begin(ms: number, reason: string): void {
    this.why = reason;
    this.until = Math.max(this.until, this.now() + ms);
  }

  /** Why there is a pause. */
  get reason(): string {
    return this.why;
  }

  /** How long it still lasts, in ms; 0 if there is none. */
  get leftMs(): number {
    return Math.max(0, Math.ceil(this.until - this.now()));
  }
}
