import { build } from './build.mjs';
import { kubectl } from './kubectl.mjs';
import { refuseUnset } from './settings.mjs';

/** @param {string} overlay @returns {Promise<number>} 1 if there is a difference, as of kubectl diff */
export async function diffOverlay(overlay) {
  refuseUnset(overlay);
  return kubectl(['diff', '-f', '-'], await build(overlay));
}
