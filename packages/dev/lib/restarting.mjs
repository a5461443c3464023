import { watch } from 'node:fs';
import { startChild } from './child.mjs';
import { Interrupted } from './interruption.mjs';
import { fromRoot } from './paths.mjs';
import { prefixed } from './prefixed.mjs';
import { whenReady } from './ready.mjs';

/** @import { Child } from './child.mjs' */
/** @import { LocalProcess } from './processes.mjs' */

/** One change of a source makes the compiler write several files, and the kit's compiler wakes the others. */
const SETTLE_MS = 300;

/** A service that is started again whenever what it is compiled to changes. */
export class Restarting {
  /** @type {Child | undefined} */
  #child;
  /** @type {NodeJS.Timeout | undefined} */
  #settle;
  #turn = Promise.resolve();
  #stopping = false;

  /**
   * @param {LocalProcess} description
   * @param {string} node
   * @param {() => Promise<void>} [before] done before each start
   */
  constructor(description, node, before = () => Promise.resolve()) {
    this.description = description;
    this.node = node;
    this.before = before;
    this.write = prefixed(description.name);
    const folders = [description.script.replace(/\/main\.js$/, ''), 'packages/service-kit/dist'];
    this.watchers = folders.map((folder) =>
      watch(fromRoot(folder), { recursive: true }, (_event, file) => {
        if (file?.endsWith('.js')) this.#changed();
      }),
    );
  }

  /** Starts it, or starts it again; one turn after the other. */
  restart() {
    this.#turn = this.#turn.then(async () => {
      await this.#child?.stop();
      if (this.#stopping) return;
      try {
        await this.before();
        if (!this.#stopping) await this.#start();
      } catch (error) {
        if (error instanceof Interrupted) return;
        this.write(`${/** @type {Error} */ (error).message}; it is tried again after the next change`);
      }
    });
    return this.#turn;
  }

  async stop() {
    this.#stopping = true;
    clearTimeout(this.#settle);
    for (const watcher of this.watchers) watcher.close();
    await this.#child?.stop();
    await this.#turn;
  }

  #changed() {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.restart(), SETTLE_MS);
  }

  async #start() {
    const child = startChild(this.description, this.node, this.write);
    this.#child = child;
    const problem = await whenReady(this.description, child);
    if (child.stopping) return;
    this.write(problem ? 'not running; it is tried again after the next change' : 'ready');
    if (problem) return;
    void child.exited.then(
      () => child.stopping || this.write('it is started again after the next change; the rest goes on'),
    );
  }
}
