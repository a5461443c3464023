import { Failure } from '../failure.mjs';
import { say } from '../terminal.mjs';
import { build } from './build.mjs';
import { ask, kubectl } from './kubectl.mjs';
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
 * Deletes an overlay: {@link deleteManifests}.
 *
 * @param {string} overlay path from the root of the repository
 */
export async function deleteOverlay(overlay) {
  return deleteManifests(parse(await build(overlay)));
}

/**
 * Deletes objects: first what load balancers are made from, and waits until their controller has taken those down; then
 * the rest, with the namespace and the volumes in it. Classes stay, because others may use them, and so does a namespace
 * that the stack `workloads` has made: with it would go the pipeline's rights in it.
 *
 * @param {Manifest[]} manifests
 * @returns {Promise<number>} an exit code
 */
export async function deleteManifests(manifests) {
  const own = manifests.filter((manifest) => !isClass(manifest));
  /** @type {string[]} */
  const kept = [];
  for (const { kind, metadata } of own) {
    if (kind === 'Namespace' && (await isOfInfra(metadata.name))) kept.push(metadata.name);
  }
  for (const kind of BALANCERS) await deleteAll(own.filter((manifest) => manifest.kind === kind));
  await deleteAll(own.filter(({ kind, spec }) => kind === 'Service' && spec.type === 'LoadBalancer'));
  let code = await deleteAll(
    own.filter(({ kind, metadata }) => kind !== 'Namespace' || !kept.includes(metadata.name)),
  );
  for (const name of kept) {
    code ||= await kubectl(['delete', 'persistentvolumeclaims', '--all', '--wait', '--namespace', name]);
    say(
      `kept for the pipeline, which has rights in it: the namespace ${name}; npm run infra -- destroy deletes it`,
    );
  }
  const classes = manifests.filter(isClass).map(nameOf);
  if (classes.length > 0) say(`kept for others in the cluster: kubectl delete ${classes.join(' ')}`);
  return code;
}

/** Whether infra/lib/deployer-rights.ts stands in a namespace. @param {string} namespace */
async function isOfInfra(namespace) {
  const find = ['get', 'rolebindings/deployer', '--ignore-not-found', '--output', 'name'];
  const { code, output, errors } = await ask([...find, '--namespace', namespace]);
  if (code !== 0) throw new Failure(`nothing was deleted: ${errors.trim().split('\n').at(-1)}`);
  return output !== '';
}

/** @param {Manifest[]} manifests */
async function deleteAll(manifests) {
  if (manifests.length === 0) return 0;
  return kubectl(['delete', '--ignore-not-found', '--wait', '-f', '-'], toYaml(manifests));
}
