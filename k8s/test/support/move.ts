import type { Manifest } from './kustomize.ts';

/**
 * The same object in another namespace, on a node port that Kubernetes chooses: what runs in the cluster already keeps its own.
 *
 * @param rename gives the new name of a namespace
 */
export function move(manifest: Manifest, rename: (namespace: string) => string): Manifest {
  const copy = structuredClone(manifest);
  const { kind, metadata } = copy;
  if (metadata.namespace !== undefined) metadata.namespace = rename(metadata.namespace);
  if (kind === 'Namespace') metadata.name = rename(metadata.name);
  if (kind === 'Service') {
    for (const port of (copy.spec.ports ?? []) as { nodePort?: number }[]) delete port.nodePort;
  }
  return copy;
}
