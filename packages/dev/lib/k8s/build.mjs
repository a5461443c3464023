import { loadAll } from 'js-yaml';
import { Failure } from '../failure.mjs';
import { ask } from './kubectl.mjs';

/**
 * An object of Kubernetes, as far as these commands look at it.
 *
 * @typedef {{
 *   apiVersion: string,
 *   kind: string,
 *   metadata: { name: string, namespace?: string, labels?: Record<string, string> },
 *   spec?: any,
 * }} Manifest
 */

/**
 * @param {string} overlay path from the root of the repository
 * @returns {Promise<string>} its objects as YAML
 */
export async function build(overlay) {
  const { code, output, errors } = await ask(['kustomize', overlay]);
  if (code !== 0) throw new Failure(`kubectl kustomize ${overlay}: ${errors.trim()}`);
  return output;
}

/** @param {string} yaml @returns {Manifest[]} */
export const parse = (yaml) => /** @type {Manifest[]} */ (loadAll(yaml));

/** @param {string} overlay */
export async function printOverlay(overlay) {
  process.stdout.write(await build(overlay));
  return 0;
}
