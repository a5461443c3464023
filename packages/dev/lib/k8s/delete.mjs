import { say } from '../terminal.mjs';
import { build } from './build.mjs';
import { kubectl } from './kubectl.mjs';
import { isClass, nameOf, parse, toYaml } from './manifests.mjs';

/** @import { Manifest } from './manifests.mjs' */

/** What load balancers are made from, in the order in which their controller lets go of them. */
const BALANCERS = [
  'Ingress',
  'Gateway',
  'HTTPRoute',
  'TargetGroupConfiguration',
  'LoadBalancerConfiguration',
];

/**
 * Deletes an overlay: first what load balancers are made from, and waits until their controller has taken those down;
 * then the rest, with the namespace and the volumes in it. Classes stay: others may use them.
 *
 * @param {string} overlay path from the root of the repository
 */
export async function deleteOverlay(overlay) {
  const manifests = parse(await build(overlay));
  const own = manifests.filter((manifest) => !isClass(manifest));
  for (const kind of BALANCERS) await deleteAll(own.filter((manifest) => manifest.kind === kind));
  await deleteAll(own.filter(({ kind, spec }) => kind === 'Service' && spec.type === 'LoadBalancer'));
  const code = await deleteAll(own);
  const kept = manifests.filter(isClass).map(nameOf);
  if (kept.length > 0) say(`kept for others in the cluster: kubectl delete ${kept.join(' ')}`);
  return code;
}

/** @param {Manifest[]} manifests */
async function deleteAll(manifests) {
  if (manifests.length === 0) return 0;
  return kubectl(['delete', '--ignore-not-found', '--wait', '-f', '-'], toYaml(manifests));
}
