import { Supervised } from './supervised.mjs';
import { dim, say, secondsSince } from './terminal.mjs';

/** @import { Failure } from './failure.mjs' */
/** @import { LocalProcess } from './processes.mjs' */

/** The running processes: started one by one, stopped in the opposite order. */
export class Stack {
  /** @type {Supervised[]} */
  #running = [];
  #stopping = false;

  /** @type {(reason: Failure) => void} */
  #fail = () => undefined;

  /** Rejects when a process ends without which the rest is of no use; never resolves. */
  failure = /** @type {Promise<never>} */ (
    new Promise((_resolve, reject) => {
      this.#fail = reject;
    })
  );

  /** @param {string} node the binary to run the processes on */
  constructor(node) {
    this.node = node;
    // A failure that nobody waits for yet is not an unhandled one.
    this.failure.catch(() => undefined);
  }

  /**
   * @param {LocalProcess} description
   * @param {(line: string) => void} [onLine] gets what it prints; without it that goes to its log file
   */
  start(description, onLine) {
    if (this.#stopping) throw new Error('already stopping');
    const to = { fail: this.#fail, ...(onLine && { onLine }) };
    this.#running.push(new Supervised(description, this.node, to));
  }

  /**
   * Waits until all that were started are ready; from then on those that end are started again.
   *
   * @throws {Failure} with the last lines of the log of the one that is not
   */
  async ready() {
    await Promise.all(this.#running.map((each) => each.ready()));
    for (const each of this.#running) each.up();
  }

  /** Stops the processes, the last started first, and says so for each. */
  async stop() {
    this.#stopping = true;
    for (const each of this.#running.splice(0).reverse()) {
      if (each.hasEnded) {
        // It may be about to be started again.
        await each.stop();
        continue;
      }
      const begun = performance.now();
      const inTime = await each.stop();
      say(
        `${each.name} ${inTime ? 'stopped' : 'killed: it did not stop'} ${dim(`(${secondsSince(begun)} s)`)}`,
      );
    }
  }
}
