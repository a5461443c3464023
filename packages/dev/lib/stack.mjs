import { startChild } from './child.mjs';
import { Failure } from './failure.mjs';
import { lastLogLines } from './log-tail.mjs';
import { whenReady } from './ready.mjs';
import { dim, say, secondsSince } from './terminal.mjs';

/** @import { Child } from './child.mjs' */
/** @import { LocalProcess } from './processes.mjs' */

/** The running processes: started one by one, stopped in the opposite order. */
export class Stack {
  /** @type {{ description: LocalProcess, child: Child }[]} */
  #running = [];
  #stopping = false;

  /** @type {(reason: Failure) => void} */
  #fail = () => undefined;

  /** Rejects when a process ends that nobody stopped; never resolves. */
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

  /** @param {LocalProcess} description */
  start(description) {
    if (this.#stopping) throw new Error('already stopping');
    const child = startChild(description, this.node);
    this.#running.push({ description, child });
    void child.exited.then((how) => {
      if (!child.stopping) this.#fail(new Failure(`${child.name} ${how}`, lastLogLines(child.name)));
    });
  }

  /**
   * Waits until all that were started are ready.
   *
   * @throws {Failure} with the last lines of the log of the one that is not
   */
  async ready() {
    const waits = this.#running.map(async ({ description, child }) => {
      const problem = await whenReady(description, child);
      if (problem) throw new Failure(`${child.name} ${problem}`, lastLogLines(child.name));
    });
    await Promise.all(waits);
  }

  /** Stops the processes, the last started first, and says so for each. */
  async stop() {
    this.#stopping = true;
    for (const { child } of this.#running.splice(0).reverse()) {
      if (child.hasEnded) continue;
      const begun = performance.now();
      const inTime = await child.stop();
      say(
        `${child.name} ${inTime ? 'stopped' : 'killed: it did not stop'} ${dim(`(${secondsSince(begun)} s)`)}`,
      );
    }
  }
}
