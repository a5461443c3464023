import { type Manifest, nameOf } from '../support/kustomize.ts';
import { annotation } from './annotation-table.ts';

/** Annotations of other controllers that are used here: on which kind, and in which form. */
const OTHERS: Readonly<Record<string, { kind: string; form: RegExp }>> = {
  'ingressclass.kubernetes.io/is-default-class': { kind: 'IngressClass', form: /^(true|false)$/ },
  'eks.amazonaws.com/role-arn': { kind: 'ServiceAccount', form: /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/ },
};

/** Labels by which a namespace turns something on; a misspelt one is as silent as an annotation. */
const NAMESPACE_LABELS: Readonly<Record<string, RegExp>> = {
  'pod-security.kubernetes.io/enforce': /^restricted$/,
  'pod-security.kubernetes.io/warn': /^restricted$/,
  'pod-security.kubernetes.io/audit': /^restricted$/,
  'elbv2.k8s.aws/pod-readiness-gate-inject': /^enabled$/,
  'aws-observability': /^enabled$/,
};

/** Annotations that nobody reads, or reads as something else: unknown keys, keys out of place, values of another form. */
export function annotationProblems(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const { annotations = {}, labels = {} } = manifest.metadata;
    const problems = Object.entries(annotations).map(([key, value]) => problemOf(manifest.kind, key, value));
    if (manifest.kind === 'Namespace') problems.push(...Object.entries(labels).map(labelProblem));
    return problems.filter((problem) => problem !== '').map((problem) => `${nameOf(manifest)}: ${problem}`);
  });
}

function problemOf(kind: string, key: string, value: unknown): string {
  if (typeof value !== 'string') return `${key} is not a string`;
  const known = annotation(key);
  const other = OTHERS[key];
  if (known === undefined && other === undefined) return `nobody knows ${key}`;
  const kinds = known?.on.split(' and ') ?? [other?.kind];
  if (!kinds.includes(kind)) return `${key} is not read on ${kind}`;
  if (!(known ?? other)?.form.test(value.trim())) return `${key} has the wrong form: ${value}`;
  return '';
}

function labelProblem([key, value]: [string, string]): string {
  if (key.startsWith('app.kubernetes.io/')) return '';
  return NAMESPACE_LABELS[key]?.test(value) ? '' : `the label ${key}=${value} means nothing`;
}
