import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { hasCluster, kubectl } from './support/cluster.ts';
import { alone, named } from './support/combinations.ts';
import { foldersIn, Kustomize, type Manifest, podTemplateOf, read } from './support/kustomize.ts';

const NAMESPACE = 'usermgmt-accepted-test';

/** The API server takes everything, in a namespace where Pod Security "restricted" is enforced; nothing is kept. */
(hasCluster ? describe : describe.skip)('the API server accepts', () => {
  const kustomize = new Kustomize();
  const accepted = new Set<string>();
  beforeAll(() => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
    kubectl(['apply', '-f', '-'], JSON.stringify(namespace));
    for (const { metadata, ...crd } of loadBalancerCrds()) {
      if (kubectl(['get', 'crd', '--ignore-not-found', metadata.name]) !== '') continue;
      kubectl(['create', '-f', '-'], JSON.stringify({ metadata, ...crd }));
      kubectl(['wait', '--for=condition=established', `crd/${metadata.name}`, '--timeout=30s']);
    }
  });
  afterAll(() => {
    kustomize.remove();
    kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
  });

  it.each(foldersIn('overlays'))('the overlay %s', (overlay) => {
    accept(kustomize.build(`overlays/${overlay}`));
  });

  it.each(alone())('the component %s alone on the base', (name, combination) => {
    accept(kustomize.combine(`alone-${name}`, combination));
  });

  it.each(named())('%s', (name, combination) => {
    accept(kustomize.combine(name.replaceAll(/[^a-z0-9]+/gi, '-'), combination));
  });

  /** Asks for what was not accepted before: most objects are in many builds. */
  function accept(manifests: readonly Manifest[]): void {
    const items = [
      ...manifests.filter(({ kind }) => kind !== 'Pod').map(moved),
      ...manifests.flatMap(podOf),
    ].filter((item) => !accepted.has(JSON.stringify(item)));
    if (items.length === 0) return;
    const list = { apiVersion: 'v1', kind: 'List', items };
    const said = kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], JSON.stringify(list));
    expect(said.match(/\(server dry run\)$/gm)).toHaveLength(items.length);
    expect(said).not.toMatch(/warning/i);
    for (const item of items) accepted.add(JSON.stringify(item));
  }
});

/** What stands in for the CRDs of the AWS Load Balancer Controller. */
const loadBalancerCrds = (): Manifest[] =>
  ['ingress-class-params', 'load-balancer-configuration', 'target-group-configuration'].map(
    (name) => load(read(`test/crds/${name}.yaml`)) as Manifest,
  );

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
  if (template === undefined) return [];
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
