import { UnavailableError } from '../app-error.js';

/** How many bytes of bodies may be under way, and how a refusal is made. */
export interface BodyBudgetOptions {
  readonly perAddress: number;
  readonly inAll: number;
  readonly tooMany: (retryAfterSeconds: number) => Error;
}

/** What any body counts as at least, in bytes: a request holds memory besides. */
const LEAST = 16 * 1_024;
const RETRY_AFTER_S = 1;

/** Counts the bodies that are being read or worked on, by their size. */
export class BodyBudget {
  private readonly byAddress = new Map<string, number>();
  private all = 0;

  constructor(private readonly options: BodyBudgetOptions) {}

  /**
   * @param bytes the largest that the body can be
   * @returns gives the bytes back; further calls do nothing
   * @throws TooManyRequestsError when the address has too much under way, UnavailableError when all together have
   */
  take(address: string, bytes: number): () => void {
    const { perAddress, inAll, tooMany } = this.options;
    const size = Math.max(bytes, LEAST);
    const ofAddress = (this.byAddress.get(address) ?? 0) + size;
    if (ofAddress > perAddress) throw tooMany(RETRY_AFTER_S);
    if (this.all + size > inAll) {
      throw new UnavailableError('TOO_BUSY', 'Too many requests are under way; wait and try again', {
        retryAfterSeconds: RETRY_AFTER_S,
      });
    }
    this.byAddress.set(address, ofAddress);
    this.all += size;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.all -= size;
      const left = (this.byAddress.get(address) ?? 0) - size;
      if (left > 0) this.byAddress.set(address, left);
      else this.byAddress.delete(address);
    };
  }
}
