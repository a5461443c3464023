import { bold } from './terminal.mjs';

/**
 * Lines that show how long something took.
 *
 * @param {string} title
 * @param {readonly (readonly [name: string, seconds: number])[]} rows
 * @returns {string[]}
 */
export function table(title, rows) {
  const texts = rows.map(([, seconds]) => seconds.toFixed(1));
  const width = Math.max(0, ...texts.map((text) => text.length));
  return ['', bold(title), ...rows.map(([name], index) => `  ${texts[index]?.padStart(width)} s  ${name}`)];
}
