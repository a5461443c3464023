import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** @import { Child } from './child.mjs' */
/** @import { LocalProcess } from './processes.mjs' */

const DEADLINE_MS = 30_000;
const PAUSE_MS = 25;

/**
 * Waits until a local process says that it is ready.
 *
 * @param {LocalProcess} description where it says so
 * @param {Child} child
 * @returns {Promise<string | undefined>} what went wrong, in words that follow its name
 */
export async function whenReady({ port, readyPath }, { exited }) {
  /** @type {string | undefined} */
  let ended;
  void exited.then((how) => (ended = how));
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    if (ended !== undefined) return ended;
    if (await isReady(port, readyPath)) return ended;
    await sleep(PAUSE_MS);
  }
  return `is not ready after ${DEADLINE_MS / 1000} s`;
}

/** @param {number} port @param {string} path @returns {Promise<boolean>} */
function isReady(port, path) {
  return new Promise((resolve) => {
    // Without an agent no idle connection stays behind for the service to close.
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
    });
    request.once('timeout', () => request.destroy());
    request.once('close', () => resolve(false));
    request.once('error', () => resolve(false));
  });
}
