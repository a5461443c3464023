import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import pLimit from 'p-limit';

/** Each takes a thread and 19 MiB for about 20 ms; libuv has four threads, and other work needs some. */
const AT_ONCE = 2;
const MOST_WAITING = 250;
/** Whoever would wait longer is told to come again. */
const LONGEST_WAIT_MS = 3_000;
/**
 * Share of a core that the event loop's thread uses, from which on hashing gives way to it. Of one core that it has to
 * share with two hashes it gets a third.
 */
const BUSY = 0.25;
/** Of one core, all slots together, while the event loop is busy. */
const SHARE_WHILE_BUSY = 0.1;
/** How often a resting slot looks whether the loop is still busy. */
const LOOK_MS = 20;
/** Work that takes less does not rest. */
const LEAST_WORK_MS = 10;

/**
 * Bounds what hashing passwords takes: a few at once, off the event loop, and
 * a tenth of a core while the loop has other work to do. So a flood of logins
 * leaves reads nearly all of their throughput, also where the two share a
 * core; while the loop is idle, hashing takes what the slots can.
 */
export class HashingSlots {
  private readonly limit = pLimit(AT_ONCE);
  /** The least that a piece of work has taken: what it costs when nothing holds it up. */
  private leastMs = Infinity;

  /** Passwords that are being hashed, and those that wait for it. */
  get queue(): { running: number; waiting: number } {
    return { running: this.limit.activeCount, waiting: this.limit.pendingCount };
  }

  /** @throws UnavailableError when too many wait already */
  refuseIfFull(): void {
    if (this.limit.pendingCount >= MOST_WAITING) throw tooBusy();
  }

  /** @throws UnavailableError when too many wait already, or after waiting for too long */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.refuseIfFull();
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
        const loop = new LoopUse();
        await work().then(resolve, reject);
        const tookMs = performance.now() - begun;
        if (tookMs < LEAST_WORK_MS) return;
        this.leastMs = Math.min(this.leastMs, tookMs);
        await this.giveWay(loop);
      });
    });
  }

  /**
   * Keeps the slot, while the event loop is busy, until its work was but its
   * share of the time.
   *
   * @param loop what the loop has used since the work began
   */
  private async giveWay(loop: LoopUse): Promise<void> {
    const end = performance.now() + this.leastMs * (AT_ONCE / SHARE_WHILE_BUSY - 1);
    let use = loop;
    while (performance.now() < end && use.share() >= BUSY) {
      use = new LoopUse();
      await sleep(LOOK_MS, undefined, { ref: false });
    }
  }
}

/** CPU time of the event loop's thread, from now on. How long it does not wait is no measure: it may wait for a core. */
class LoopUse {
  private readonly begun = performance.now();
  private readonly cpu = process.threadCpuUsage();

  /** @returns 0 to 1: the part of the time in which it ran */
  share(): number {
    const { user, system } = process.threadCpuUsage(this.cpu);
    return (user + system) / 1_000 / (performance.now() - this.begun);
  }
}

const tooBusy = (): UnavailableError =>
  new UnavailableError('TOO_BUSY', 'Too many passwords are being hashed; try again');
