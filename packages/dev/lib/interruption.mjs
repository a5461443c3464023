/** Why an interrupted command's work was given up. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
  }
}

const PARENT_CHECK_MS = 500;

/**
 * Takes over SIGINT, SIGTERM and SIGHUP. Only the first one counts: npm sends a terminal's Ctrl-C on, so
 * that it arrives twice. That npm is gone counts as a signal, too.
 *
 * @returns {AbortSignal} aborted by the first of them
 */
export function takeOverSignals() {
  const controller = new AbortController();
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => controller.abort(new Interrupted(name)));
  }
  const parent = process.ppid;
  const isRunByNpm = process.env.npm_lifecycle_event !== undefined;
  const checkParent = () => process.ppid === parent || controller.abort(new Interrupted('SIGHUP'));
  if (isRunByNpm) setInterval(checkParent, PARENT_CHECK_MS).unref();
  return controller.signal;
}

/**
 * Settles like `work`, or rejects with {@link Interrupted} as soon as the signal is aborted.
 *
 * @template T
 * @param {Promise<T>} work
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export async function unlessInterrupted(work, signal) {
  /** @type {() => void} */
  let giveUp = () => undefined;
  const aborted = new Promise((_resolve, reject) => {
    giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([work, /** @type {Promise<never>} */ (aborted)]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
