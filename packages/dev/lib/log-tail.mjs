import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { readable } from './log-lines.mjs';
import { ROOT, logFileOf } from './paths.mjs';
import { dim } from './terminal.mjs';

const LINES = 15;

/**
 * The last lines of a process's log, readable, under a line that names the file.
 *
 * @param {string} name the process's name
 * @returns {string[]}
 */
export function lastLogLines(name) {
  const file = logFileOf(name);
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // It wrote nothing.
  }
  const lines = text.trimEnd().split('\n').slice(-LINES).map(readable);
  return [dim(`last lines of ${relative(ROOT, file)}:`), ...lines.map((line) => `  ${line}`)];
}
