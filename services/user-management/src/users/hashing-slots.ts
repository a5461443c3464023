import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { FairQueue } from './fair-queue.js';

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

/** A piece of work that waits for a slot. */
interface Waiting {
  begin(): void;
  refuse(): void;
}

/**
 * Bounds what hashing passwords takes: a few at once, off the event loop, and
 * a tenth of a core while the loop has other work to do. So a flood of logins
 * leaves reads nearly all of their throughput, also where the two share a
 * core; while the loop is idle, hashing takes what the slots can.
 *
 * Clients take turns, and when too many wait, the client with most of them
 * makes room: one address cannot keep others waiting by asking more often.
 */
export class HashingSlots {
  private running = 0;
  private readonly line = new FairQueue<Waiting>();
  /** The least that a piece of work has taken: what it costs when nothing holds it up. */
  private leastMs = Infinity;

  /** Passwords that are being hashed, and those that wait for it. */
  get queue(): { running: number; waiting: number } {
    return { running: this.running, waiting: this.line.size };
  }

  /**
   * @param from the client's network
   * @throws UnavailableError when too many wait already, and this client has as many waiting as any other
   */
  refuseIfFull(from = ''): void {
    if (this.line.size >= MOST_WAITING && this.line.longerThan(from) === undefined) throw tooBusy();
  }

  /**
   * @param from the client's network
   * @throws UnavailableError when too many wait already, or after waiting for too long
   */
  async run<T>(work: () => Promise<T>, from = ''): Promise<T> {
    await this.turn(from);
    const begun = performance.now();
    const loop = new LoopUse();
    try {
      return await work();
    } finally {
      void this.release(performance.now() - begun, loop);
    }
  }

  private turn(from: string): Promise<void> {
    if (this.running < AT_ONCE) {
      this.running += 1;
      return Promise.resolve();
    }
    this.refuseIfFull(from);
    if (this.line.size >= MOST_WAITING) this.line.drop(this.line.longerThan(from) ?? from)?.refuse();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: () => {
          clearTimeout(timer);
          reject(tooBusy());
        },
      };
      const timer = setTimeout(() => {
        this.line.remove(from, waiting);
        reject(tooBusy());
      }, LONGEST_WAIT_MS);
      this.line.add(from, waiting);
    });
  }

  /** Passes the slot on, after a rest. @param loop what the loop has used since the work began */
  private async release(tookMs: number, loop: LoopUse): Promise<void> {
    if (tookMs >= LEAST_WORK_MS) {
      this.leastMs = Math.min(this.leastMs, tookMs);
      await this.giveWay(loop);
    }
    const next = this.line.take();
    if (next) next.begin();
    else this.running -= 1;
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
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
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
