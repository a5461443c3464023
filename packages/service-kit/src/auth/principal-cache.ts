import type { Principal } from './principal.js';

/** A token that was checked is not checked again for this long, and never beyond its end. */
const KEEP_MS = 60_000;
const MOST = 10_000;
/** Of all tokens together, in characters; each takes a byte. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/**
 * Whom tokens stand for that were checked recently: a signature costs more than
 * the rest of a read. The number of tokens and their length in all are bounded.
 * The oldest go first.
 */
export class PrincipalCache<P extends Principal> {
  private readonly found = new Map<string, { principal: P; until: number }>();
  private characters = 0;

  get(token: string): P | undefined {
    const entry = this.found.get(token);
    if (entry === undefined) return undefined;
    if (Date.now() < entry.until) return entry.principal;
    this.delete(token);
    return undefined;
  }

  /** @param endMs when the token ends, in ms since 1970 */
  set(token: string, principal: P, endMs: number): void {
    this.delete(token);
    this.characters += token.length;
    this.found.set(token, { principal, until: Math.min(endMs, Date.now() + KEEP_MS) });
    while (this.found.size > MOST || this.characters > MOST_CHARACTERS) {
      const [oldest] = this.found.keys();
      if (oldest === undefined) return;
      this.delete(oldest);
    }
  }

  private delete(token: string): void {
    if (this.found.delete(token)) this.characters -= token.length;
  }
}
