import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import pLimit from 'p-limit';

/** Each takes a thread and 19 MiB for about 20 ms; libuv has four threads, and other work needs some. */
const AT_ONCE = 2;
const MOST_WAITING = 250;
/** Whoever would wait longer is told to come again. */
const LONGEST_WAIT_MS = 3_000;
/** Share of its time that the event loop is busy, from which on hashing gives way to it. */
const BUSY = 0.8;
/** Of one core, all slots together, while the event loop is busy. */
const SHARE_WHILE_BUSY = 0.1;
/** Less is not worth a timer. */
const LEAST_REST_MS = 5;

/**
 * Bounds what hashing passwords takes: a few at once, off the event loop, and
 * a tenth of a core while the loop has other work to do. So a flood of logins
 * leaves reads nearly all of their throughput, also where the two share a
 * core; while the loop is idle, hashing takes what the slots can.
 */
export class HashingSlots {
  private readonly limit = pLimit(AT_ONCE);
  private lastUse = performance.eventLoopUtilization();

  /** Passwords that are being hashed, and those that wait for it. */
  get queue(): { running: number; waiting: number } {
    return { running: this.limit.activeCount, waiting: this.limit.pendingCount };
  }

  /** @throws UnavailableError when too many wait already, or after waiting for too long */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= MOST_WAITING) return Promise.reject(tooBusy());
    return new Promise<T>((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(tooBusy());
      }, LONGEST_WAIT_MS);
      void this.limit(async () => {
        if (isLate) return;
        clearTimeout(timer);
        const begun = performance.now();
        await work().then(resolve, reject);
        await this.giveWay(performance.now() - begun);
      });
    });
  }

  /** Keeps the slot for as long as it takes until its work was but its share of the time. */
  private async giveWay(workedMs: number): Promise<void> {
    const { utilization } = performance.eventLoopUtilization(this.lastUse);
    this.lastUse = performance.eventLoopUtilization();
    const restMs = workedMs * (AT_ONCE / SHARE_WHILE_BUSY - 1);
    if (utilization >= BUSY && restMs >= LEAST_REST_MS) await sleep(restMs, undefined, { ref: false });
  }
}

const tooBusy = (): UnavailableError =>
  new UnavailableError('TOO_BUSY', 'Too many passwords are being hashed; try again');
