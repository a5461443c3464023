import { createHmac, randomBytes } from 'node:crypto';

/** Hexadecimal digits of a pseudonym: two of a million names share one with a probability of 3 in 10^8. */
const LENGTH = 16;

/**
 * What stands for a name in audit lines: the same for the same name, and
 * nothing from which the name can be told without the key.
 */
export class Pseudonyms {
  private readonly key: string | Buffer;

  /** @param key not given: one that ends with the process */
  constructor(key: string | undefined) {
    this.key = key ?? randomBytes(32);
  }

  of(name: string): string {
    return createHmac('sha256', this.key).update(name).digest('hex').slice(0, LENGTH);
  }
}
