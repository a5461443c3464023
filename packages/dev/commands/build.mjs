import { build } from '../lib/build.mjs';
import { ensureInstalled } from '../lib/install.mjs';
import { say, secondsSince } from '../lib/terminal.mjs';

/**
 * `npm run build`: all packages, what has not changed from the cache.
 *
 * @param {string[]} args passed on to turbo
 */
export default async function buildAll(args) {
  const begun = performance.now();
  await ensureInstalled();
  await build({ args });
  say(`built in ${secondsSince(begun)} s`);
  return 0;
}
