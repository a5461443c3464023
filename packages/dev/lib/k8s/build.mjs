import { Failure } from '../failure.mjs';
import { ask } from './kubectl.mjs';

/**
 * @param {string} overlay path from the root of the repository
 * @returns {Promise<string>} its objects as YAML
 */
export async function build(overlay) {
  const { code, output, errors } = await ask(['kustomize', overlay]);
  if (code !== 0) throw new Failure(`kubectl kustomize ${overlay}: ${errors.trim()}`);
  return output;
}

/** @param {string} overlay */
export async function printOverlay(overlay) {
  process.stdout.write(await build(overlay));
  return 0;
}
