import { startChild } from './child.mjs';
import { Failure } from './failure.mjs';
import { lastLogLines } from './log-tail.mjs';
import { whenReady } from './ready.mjs';
import { say } from './terminal.mjs';

/** @import { Child } from './child.mjs' */
/** @import { LocalProcess } from './processes.mjs' */

/** A process that ends more often than this within the window is broken, and starting it again helps nobody. */
const MOST_ENDS = 3;
const WINDOW_MS = 60_000;

/**
 * A local process that is started again when it ends by itself, with a word about it. Before {@link up} its end is a
 * failure instead: then it is most likely the configuration.
 */
export class Supervised {
  /** @type {Child | undefined} */
  #child;
  #isUp = false;
  #stopping = false;
  /** @type {number[]} */
  #ends = [];

  /**
   * @param {LocalProcess} description
   * @param {string} node the binary to run it on
   * @param {{ fail: (reason: Failure) => void, onLine?: (line: string) => void }} to `fail`: called when nothing can go
   *   on; `onLine`: gets what it prints, instead of its log file
   */
  constructor(description, node, { fail, onLine }) {
    this.description = description;
    this.node = node;
    this.fail = fail;
    this.onLine = onLine;
    this.#start('w');
  }

  get name() {
    return this.description.name;
  }

  get hasEnded() {
    return this.#child?.hasEnded ?? true;
  }

  /**
   * Waits until it is ready.
   *
   * @throws {Failure} with the last lines of its log
   */
  async ready() {
    const problem = this.#child && (await whenReady(this.description, this.#child));
    if (problem) throw this.#failure(problem);
  }

  /** From now on it is started again when it ends. */
  up() {
    this.#isUp = true;
  }

  /** @returns {Promise<boolean>} whether it stopped by itself */
  stop() {
    this.#stopping = true;
    return this.#child?.stop() ?? Promise.resolve(true);
  }

  /** @param {'w' | 'a'} logFlags */
  #start(logFlags) {
    const child = startChild(this.description, this.node, this.onLine, logFlags);
    this.#child = child;
    void child.exited.then((how) => {
      if (!child.stopping && !this.#stopping) this.#ended(how);
    });
  }

  /** @param {string} how in words */
  #ended(how) {
    const now = performance.now();
    this.#ends = [...this.#ends.filter((end) => now - end < WINDOW_MS), now];
    const { name, description } = this;
    if (!this.#isUp) {
      this.fail(this.#failure(how));
    } else if (this.#ends.length <= MOST_ENDS) {
      this.#say(`${how}; it is started again. Until it is ready: ${description.without}`);
      this.#start('a');
      void this.ready().then(
        () => say(`${name} is ready again`),
        // Its next end says more.
        () => undefined,
      );
    } else if (description.isNeeded) {
      this.fail(this.#failure(`${how}, for the ${this.#ends.length}th time within a minute`));
    } else {
      this.#say(
        `${how}, for the ${this.#ends.length}th time within a minute, and stays down: ${description.without}`,
      );
    }
  }

  /** @param {string} what happened */
  #say(what) {
    for (const line of this.#explanation()) say(line);
    say(`${this.name} ${what}`);
  }

  /** @param {string} what happened */
  #failure(what) {
    return new Failure(`${this.name} ${what}`, this.#explanation());
  }

  /** What it printed last, unless that is on the terminal already. */
  #explanation() {
    return this.onLine ? [] : lastLogLines(this.name);
  }
}
