import { dump } from 'js-yaml';
import { build, parse } from './build.mjs';
import { kubectl } from './kubectl.mjs';

/** @import { Manifest } from './build.mjs' */

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
 * then the rest, with the namespace and the volumes in it.
 *
 * @param {string} overlay path from the root of the repository
 */
export async function deleteOverlay(overlay) {
  const manifests = parse(await build(overlay));
  for (const kind of BALANCERS) await deleteAll(manifests.filter((manifest) => manifest.kind === kind));
  await deleteAll(manifests.filter(({ kind, spec }) => kind === 'Service' && spec.type === 'LoadBalancer'));
  return deleteAll(manifests);
}

/** @param {Manifest[]} manifests */
async function deleteAll(manifests) {
  if (manifests.length === 0) return 0;
  const yaml = manifests.map((manifest) => dump(manifest)).join('---\n');
  return kubectl(['delete', '--ignore-not-found', '--wait', '-f', '-'], yaml);
}
