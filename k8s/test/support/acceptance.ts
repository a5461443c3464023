import { load } from 'js-yaml';
import { kubectl } from './cluster.ts';
import { type Manifest, podTemplateOf, read } from './kustomize.ts';

const NAMESPACE = 'usermgmt-accepted-test';
const CRDS = [
  'elbv2.k8s.aws_ingressclassparams',
  'gateway.k8s.aws_loadbalancerconfigurations',
  'gateway.k8s.aws_targetgroupconfigurations',
];

/** Asks an API server whether it takes objects, in a namespace where Pod Security "restricted" is enforced. */
export class Acceptance {
  private readonly accepted = new Set<string>();

  /** Creates the namespace, and the CRDs of the AWS Load Balancer Controller that the cluster does not have. */
  prepare(): void {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
    kubectl(['apply', '-f', '-'], JSON.stringify(namespace));
    for (const crd of CRDS.map((name) => load(read(`test/controller/crds/${name}.yaml`)) as Manifest)) {
      if (kubectl(['get', 'crd', '--ignore-not-found', crd.metadata.name]) !== '') continue;
      kubectl(['create', '-f', '-'], JSON.stringify(crd));
      kubectl(['wait', '--for=condition=established', `crd/${crd.metadata.name}`, '--timeout=30s']);
    }
  }

  /**
   * What `kubectl apply --dry-run=server --validate=strict` says of these objects, and of each workload's pod as one more.
   * What was accepted before is not asked for again: most objects are in many builds.
   *
   * @returns what it says beside "created" and "unchanged", and how many objects it did not take
   * @throws Error with all that kubectl wrote, if one is refused
   */
  ask(manifests: readonly Manifest[]): { warnings: string[]; missing: number } {
    const all = [...manifests.filter(({ kind }) => kind !== 'Pod').map(moved), ...manifests.flatMap(podOf)];
    const items = all.filter((item) => !this.accepted.has(JSON.stringify(item)));
    if (items.length === 0) return { warnings: [], missing: 0 };
    const list = { apiVersion: 'v1', kind: 'List', items };
    const said = kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], JSON.stringify(list));
    for (const item of items) this.accepted.add(JSON.stringify(item));
    const lines = said.split('\n').filter((line) => line !== '');
    const warnings = lines.filter((line) => !line.endsWith('(server dry run)'));
    return { warnings, missing: items.length - (lines.length - warnings.length) };
  }

  /** Deletes the namespace. */
  remove(): void {
    kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
  }
}

/** The same in the namespace of this test, on other node ports: what runs here already may have taken them. */
function moved(manifest: Manifest): Manifest {
  const copy = structuredClone(manifest);
  if (copy.metadata.namespace !== undefined) copy.metadata.namespace = NAMESPACE;
  if (copy.kind === 'Service') {
    for (const port of copy.spec.ports ?? []) {
      if (port.nodePort !== undefined) port.nodePort = Number(port.nodePort) + 1000;
    }
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
