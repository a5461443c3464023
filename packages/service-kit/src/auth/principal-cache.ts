import type { Principal } from './principal.js';

/** A token that was checked is not checked again for this long, and never beyond its end. */
const KEEP_MS = 60_000;
const MOST = 10_000;

/**
 * Whom tokens stand for that were checked lately: a signature costs more than
 * the rest of a read. Its size is bounded; the oldest go first.
 */
export class PrincipalCache<P extends Principal> {
  private readonly found = new Map<string, { principal: P; until: number }>();

  get(token: string): P | undefined {
    const entry = this.found.get(token);
    if (entry === undefined) return undefined;
    if (Date.now() < entry.until) return entry.principal;
    this.found.delete(token);
    return undefined;
  }

  /** @param endMs when the token ends, in ms since 1970 */
  set(token: string, principal: P, endMs: number): void {
    if (this.found.size >= MOST) {
      const [oldest] = this.found.keys();
      if (oldest !== undefined) this.found.delete(oldest);
    }
    this.found.set(token, { principal, until: Math.min(endMs, Date.now() + KEEP_MS) });
  }
}
