import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasCluster, kubectl } from './support/cluster.ts';
import { build, foldersIn, type Manifest, podTemplateOf } from './support/kustomize.ts';

const NAMESPACE = 'usermgmt-accepted-test';

/** The API server takes everything, in a namespace where Pod Security "restricted" is enforced; nothing is kept. */
(hasCluster ? describe : describe.skip)('the API server', () => {
  beforeAll(() => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
    kubectl(['apply', '-f', '-'], JSON.stringify(namespace));
  });
  afterAll(() => {
    kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
  });

  it.each(foldersIn('overlays'))('accepts %s', (overlay) => {
    const manifests = build(`overlays/${overlay}`).map(moved);
    const items = [...manifests, ...manifests.flatMap(podOf)];
    const said = kubectl(
      ['apply', '--dry-run=server', '--validate=strict', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
    expect(said.match(/\(server dry run\)$/gm)).toHaveLength(items.length);
    expect(said).not.toMatch(/warning/i);
  });
});

/** The same in the namespace of this test, on other node ports: what runs here already may have taken them. */
function moved(manifest: Manifest): Manifest {
  const copy = structuredClone(manifest);
  if (copy.metadata.namespace !== undefined) copy.metadata.namespace = NAMESPACE;
  if (copy.kind === 'Service') {
    for (const port of copy.spec.ports ?? [])
      if (port.nodePort !== undefined) port.nodePort = Number(port.nodePort) + 1000;
  }
  return copy;
}

/** A workload's pod as an object of its own: Pod Security refuses a pod, and only warns of a Deployment. */
function podOf(manifest: Manifest): Manifest[] {
  const template = podTemplateOf(manifest);
  if (template === undefined || manifest.kind === 'Pod') return [];
  const name = `${manifest.metadata.name}-${manifest.kind.toLowerCase()}`;
  const metadata = { ...template.metadata, name, namespace: NAMESPACE };
  // In a dry run, no service account has been made.
  const { serviceAccountName: _, restartPolicy = 'Always', ...spec } = template.spec;
  const claims: Manifest[] = manifest.spec.volumeClaimTemplates ?? [];
  const claimed = claims.map(({ metadata: { name: claimName } }) => ({
    name: claimName,
    persistentVolumeClaim: { claimName },
  }));
  const volumes = [...(spec.volumes ?? []), ...claimed];
  return [{ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, volumes, restartPolicy } }];
}
