import { Failure } from '../failure.mjs';
import { bold, say } from '../terminal.mjs';
import { ask, kubectl } from './kubectl.mjs';
import { nameOf, placeOf, toYaml } from './manifests.mjs';

/** @import { Manifest } from './manifests.mjs' */

/**
 * Applies namespaces and classes, which do not belong to the overlay alone. An object that already is as the overlay
 * wants it is left alone, so that a deployment needs no right to change it: a role that may change the labels of a
 * namespace may switch off Pod Security there. One that differs and may not be changed is named, and the rest is applied.
 *
 * @param {Manifest[]} manifests
 * @throws {Failure} when one is missing and cannot be made
 */
export async function applyClusterObjects(manifests) {
  /** @type {Manifest[]} */
  const changed = [];
  for (const manifest of manifests) {
    const found = await find(manifest);
    const paths = found === undefined ? [] : differences(found, manifest);
    if (found !== undefined && paths.length === 0) continue;
    if (found === undefined || (await mayChange(manifest))) changed.push(manifest);
    else say(bold(`${nameOf(manifest)} differs in ${paths.join(', ')}; ${ADMINISTRATOR}`));
  }
  if (changed.length === 0) return;
  if ((await kubectl(['apply', '-f', '-'], toYaml(changed))) === 0) return;
  throw new Failure(`kubectl could not apply ${changed.map(nameOf).join(', ')}: see above; ${ADMINISTRATOR}`);
}

const ADMINISTRATOR = 'if you may not change it, an administrator must: npm run infra -- deploy';

/** @param {Manifest} manifest @returns {Promise<object | undefined>} undefined also when the cluster does not say */
async function find(manifest) {
  const { code, output } = await ask([
    ...['get', nameOf(manifest), ...placeOf(manifest)],
    ...['--ignore-not-found', '--output', 'json'],
  ]);
  return code === 0 && output !== '' ? JSON.parse(output) : undefined;
}

/** @param {Manifest} manifest */
async function mayChange(manifest) {
  return (await ask(['auth', 'can-i', 'patch', nameOf(manifest), '--quiet'])).code === 0;
}

/**
 * Where an object in the cluster is not as a manifest wants it. What the manifest does not mention may be anything: the
 * API server adds defaults, and others add labels.
 *
 * @param {any} found
 * @param {any} wanted
 * @param {string} [path] of both, from the object's root
 * @returns {string[]} e.g. `metadata.labels.team`
 */
export function differences(found, wanted, path = '') {
  if (wanted === null || typeof wanted !== 'object') return found === wanted ? [] : [path];
  if (Array.isArray(wanted) && found?.length !== wanted.length) return [path];
  return Object.entries(wanted)
    .filter(([key]) => path !== '' || (key !== 'apiVersion' && key !== 'kind'))
    .flatMap(([key, value]) => differences(found?.[key], value, path === '' ? key : `${path}.${key}`));
}
