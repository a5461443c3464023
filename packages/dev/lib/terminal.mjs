const isTerminal = process.stdout.isTTY && process.env.TERM !== 'dumb';
const hasColour = isTerminal && !process.env.NO_COLOR;

/** @param {number} code of the colour, as terminals know it */
const paint = (code) => (/** @type {string} */ text) => (hasColour ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const cyan = paint(36);

/** Writes one line. @param {string} [line] */
export function say(line = '') {
  process.stdout.write(`${line}\n`);
}

/** @param {number} begun from `performance.now()` */
export const secondsSince = (begun) => ((performance.now() - begun) / 1000).toFixed(1);

/**
 * Shows that something is being done while it is: a line that counts the seconds on a terminal, one plain
 * line elsewhere. What is done at once is not worth a line.
 *
 * @template T
 * @param {string} doing e.g. `installing packages`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function whileShowing(doing, work) {
  const begun = performance.now();
  let shown = false;
  const show = () => {
    if (isTerminal) process.stdout.write(`\r${dim(`${doing} … ${secondsSince(begun).split('.')[0]} s`)}`);
    else if (!shown) say(`${doing} …`);
    shown = true;
  };
  const timer = setInterval(show, 1000);
  try {
    const result = await work();
    if (shown) say(`${isTerminal ? '\r\x1b[K' : ''}${green('done')} ${doing} (${secondsSince(begun)} s)`);
    return result;
  } catch (error) {
    if (shown && isTerminal) process.stdout.write('\r\x1b[K');
    throw error;
  } finally {
    clearInterval(timer);
  }
}
