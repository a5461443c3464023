/**
 * Holds a rate: so many tokens a second, at most one second's worth in stock.
 *
 * A request passes when there is a whole token, whatever it costs, and may
 * leave the stock below zero, so that a mail to 50 passes at a rate of 14 and
 * the next one waits until the debt is paid. SES counts in the same way.
 */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  /**
   * @param rate tokens a second; Infinity for no limit
   * @param now a clock in milliseconds that never goes back
   */
  constructor(
    private readonly rate: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.tokens = rate;
    this.filledAt = now();
  }

  /** What is in stock, below zero while a debt is paid; Infinity without a limit. */
  get stock(): number {
    if (this.rate === Infinity) return Infinity;
    return Math.min(this.rate, this.tokens + ((this.now() - this.filledAt) / 1_000) * this.rate);
  }

  /** Takes `cost` tokens and returns 0, or takes none and returns the seconds until it would. */
  take(cost: number): number {
    if (this.rate === Infinity) return 0;
    this.tokens = this.stock;
    this.filledAt = this.now();
    if (this.tokens < 1) return (1 - this.tokens) / this.rate;
    this.tokens -= cost;
    return 0;
  }
}
