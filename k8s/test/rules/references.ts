import { type Manifest, nameOf, podTemplateOf } from '../support/kustomize.ts';

type Labels = Record<string, string>;

/** Kubernetes puts it into every namespace. */
const ROOT_CA = 'kube-root-ca.crt';
const CLUSTER_WIDE = ['Namespace', 'StorageClass', 'IngressClass', 'IngressClassParams', 'GatewayClass'];

/** Objects that name others which are not there, and pods that several controllers would fight for. */
export function referenceProblems(manifests: readonly Manifest[]): string[] {
  const workloads = manifests.filter((one) => podTemplateOf(one) !== undefined);
  return manifests.flatMap((manifest) => {
    const beside = workloads.filter(({ metadata }) => metadata.namespace === manifest.metadata.namespace);
    return [
      ...placeProblems(manifest),
      ...selectionProblems(manifest, beside),
      ...podReferenceProblems(manifest, manifests),
      ...ownerProblems(manifest, beside),
    ].map((problem) => `${nameOf(manifest)}: ${problem}`);
  });
}

function placeProblems({ kind, metadata }: Manifest): string[] {
  const isClusterWide = CLUSTER_WIDE.includes(kind);
  if (isClusterWide && metadata.namespace !== undefined) return ['belongs to no namespace'];
  return !isClusterWide && metadata.namespace === undefined ? ['in no namespace'] : [];
}

const labelsOf = (workload: Manifest): Labels => podTemplateOf(workload).metadata.labels ?? {};

const matches = (selector: Manifest['spec'], labels: Labels): boolean =>
  Object.entries((selector?.matchLabels ?? {}) as Labels).every(([key, value]) => labels[key] === value) &&
  (selector?.matchExpressions ?? []).every(({ key, values }: { key: string; values: string[] }) =>
    values.includes(labels[key] ?? ''),
  );

/** Whatever selects pods must find some: a typing error there is silent. */
function selectionProblems({ kind, spec }: Manifest, workloads: readonly Manifest[]): string[] {
  const selectors: Record<string, Manifest['spec']> = {
    Service: spec?.selector && { matchLabels: spec.selector },
    PodDisruptionBudget: spec?.selector,
    NetworkPolicy: spec?.podSelector,
  };
  const selector = selectors[kind];
  if (selector === undefined) return [];
  const found = workloads.filter((workload) => matches(selector, labelsOf(workload)));
  if (found.length === 0) return ['selects no pod'];
  if (kind !== 'Service') return [];
  const ports = found.flatMap((workload) => containerPortsOf(workload));
  return (spec.ports ?? [])
    .filter(({ targetPort }: { targetPort: string }) => !ports.includes(targetPort))
    .map(({ targetPort }: { targetPort: string }) => `no pod has a port ${targetPort}`);
}

function containerPortsOf(workload: Manifest): string[] {
  const { containers, initContainers = [] } = podTemplateOf(workload).spec;
  return [...containers, ...initContainers].flatMap(({ ports = [] }: Manifest['spec']) =>
    ports.map(({ name }: { name: string }) => name),
  );
}

/** What a pod mounts or reads must be there; External Secrets makes one of the Secrets. */
function podReferenceProblems(workload: Manifest, manifests: readonly Manifest[]): string[] {
  const template = podTemplateOf(workload);
  if (template === undefined) return [];
  const exists = (kinds: readonly string[], name: string): boolean =>
    manifests.some(
      ({ kind, metadata }) =>
        kinds.includes(kind) && metadata.name === name && metadata.namespace === workload.metadata.namespace,
    );
  const named = (...fields: string[]): string[] =>
    fields.flatMap((field) => namesUnder(template.spec, field));
  return [
    ...named('configMapRef', 'configMapKeyRef', 'configMap')
      .filter((name) => name !== ROOT_CA && !exists(['ConfigMap'], name))
      .map((name) => `there is no ConfigMap ${name}`),
    ...named('secretRef', 'secretKeyRef', 'secret')
      .filter((name) => !exists(['Secret', 'ExternalSecret'], name))
      .map((name) => `there is no Secret ${name}`),
    ...(exists(['ServiceAccount'], template.spec.serviceAccountName)
      ? []
      : ['its service account is not there']),
  ];
}

/** Two controllers whose selectors overlap take each other's pods for their own. */
function ownerProblems({ kind, metadata, spec }: Manifest, workloads: readonly Manifest[]): string[] {
  if (!spec?.selector || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return [];
  return workloads
    .filter((other) => !(other.kind === kind && other.metadata.name === metadata.name))
    .filter((other) => matches(spec.selector, labelsOf(other)))
    .map((other) => `selects the pods of ${other.metadata.name}, too`);
}

/** The names that are given below a field and must be there, wherever it stands: `secret: { secretName: a }`, `configMapRef: { name: b }`. */
function namesUnder(value: unknown, field: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => namesUnder(one, field));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Manifest['spec']]) => {
    const name = key === field && !inner.optional && (inner.name ?? inner.secretName);
    return [...(name ? [String(name)] : []), ...namesUnder(inner, field)];
  });
}
