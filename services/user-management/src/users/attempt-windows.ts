import { LruMap } from 'toad-cache';
import { mapKey } from './map-key.js';

/** Keys that are remembered; those not seen for the longest go first. */
const MOST = 10_000;

/** Attempts of one client, or at one account, within one window. The caller counts. */
export interface AttemptWindow {
  count: number;
  /** When the window ends, in ms since 1970. */
  readonly endMs: number;
}

/**
 * Keeps counters in windows of a fixed length, in the memory of this instance. Unlike RateLimits it leaves the
 * counting to its caller, who knows which attempts are to be counted.
 */
export class AttemptWindows {
  private readonly windows = new LruMap<AttemptWindow>(MOST);

  /** @param windowMs length of a window; it begins with the first attempt */
  constructor(private readonly windowMs: number) {}

  /** The current window of an address or an account, however long its name is. */
  of(name: string): AttemptWindow {
    const key = mapKey(name);
    const found = this.windows.get(key);
    if (found && Date.now() < found.endMs) return found;
    const window = { count: 0, endMs: Date.now() + this.windowMs };
    this.windows.set(key, window);
    return window;
  }
}
