import { Failure } from '../failure.mjs';
import { bold, say } from '../terminal.mjs';
import { showAddresses } from './addresses.mjs';
import { build } from './build.mjs';
import { applyClusterObjects } from './cluster-objects.mjs';
import { ask, kubectl } from './kubectl.mjs';
import { isClusterObject, isWorkload, nameOf, parse, placeOf, toYaml } from './manifests.mjs';
import { waitForBindings } from './readiness-gates.mjs';
import { waitForRollout } from './rollout.mjs';
import { refuseUnset } from './settings.mjs';
import { smoke } from './smoke.mjs';

/** @import { Manifest } from './manifests.mjs' */

/**
 * Applies an overlay, waits until it runs, tells its addresses and tries it out. Safe to repeat.
 *
 * @param {string} overlay path from the root of the repository
 */
export async function applyOverlay(overlay) {
  refuseUnset(overlay);
  const manifests = parse(await build(overlay));
  say(`${bold(overlay)} to the context ${await currentContext()}`);
  await applyManifests(manifests);
  await waitForRollout(manifests);
  await showAddresses(manifests);
  await smoke(manifests);
  return 0;
}

/**
 * Applies the objects of an overlay, in the order in which they need each other.
 *
 * @param {Manifest[]} manifests
 */
export async function applyManifests(manifests) {
  // An Ingress whose class does not exist yet is refused.
  await applyClusterObjects(manifests.filter(isClusterObject));
  await removeOutdatedJobs(manifests);
  const own = manifests.filter((manifest) => !isClusterObject(manifest));
  await applyAll(own.filter((manifest) => !isWorkload(manifest)));
  await waitForBindings(own);
  await applyAll(own.filter(isWorkload));
}

async function currentContext() {
  const { code, output } = await ask(['config', 'current-context']);
  if (code !== 0) throw new Failure('kubectl has no current context: kubectl config get-contexts');
  return bold(output.trim());
}

/** @param {Manifest[]} manifests */
async function applyAll(manifests) {
  if (manifests.length === 0) return;
  const code = await kubectl(['apply', '-f', '-'], toYaml(manifests));
  if (code !== 0) throw new Failure('kubectl could not apply everything: see above');
}

/**
 * A Job cannot be changed, and one that has failed is not tried again: both are made anew.
 *
 * @param {Manifest[]} manifests
 */
async function removeOutdatedJobs(manifests) {
  for (const job of manifests.filter(({ kind }) => kind === 'Job')) {
    const failed = await ask([
      ...['get', nameOf(job), ...placeOf(job)],
      ...['--output', 'jsonpath={.status.conditions[?(@.type=="Failed")].status}'],
    ]);
    const change = await ask(['apply', '--dry-run=server', '-f', '-'], toYaml([job]));
    if (failed.output !== 'True' && !change.errors.includes('field is immutable')) continue;
    await kubectl(['delete', nameOf(job), ...placeOf(job), '--wait']);
  }
}
