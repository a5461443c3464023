import { fileURLToPath } from 'node:url';
import { startChild } from '../child.mjs';

/** Scripts of this folder. */
const LOAD = ['busy', 'busy', 'writer'];

/**
 * Keeps the processors and the disk busy until it is stopped. Each process also ends when this one is gone.
 *
 * @param {string} node the binary to run it on
 * @returns {{ what: string, stop(): Promise<unknown> }}
 */
export function startLoad(node) {
  const running = LOAD.map((name) => {
    const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    return startChild({ name, script, env: process.env }, node, () => undefined);
  });
  return {
    what: '2 busy loops and a disk writer',
    stop: () => Promise.all(running.map((child) => child.stop())),
  };
}
