import { readable } from './log-lines.mjs';
import { dim, say } from './terminal.mjs';

const WIDTH = 'user-management'.length;

/**
 * Makes a writer of lines that puts a name before each and makes JSON logs readable.
 *
 * @param {string} name
 * @returns {(line: string) => void}
 */
export function prefixed(name) {
  return (line) => {
    for (const part of readable(line).split('\n')) say(`${dim(`${name.padEnd(WIDTH)} |`)} ${part}`);
  };
}
