import { type Manifest, nameOf, podTemplateOf } from '../support/kustomize.ts';

/** Namespaces whose pods may talk to whomever they like, and policies that open more than an edge. */
export function networkProblems(manifests: readonly Manifest[]): string[] {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const namespaces = new Set(
    manifests.filter((one) => podTemplateOf(one) !== undefined).map(({ metadata }) => metadata.namespace),
  );
  const open = [...namespaces]
    .filter(
      (namespace) => !policies.some((policy) => policy.metadata.namespace === namespace && deniesAll(policy)),
    )
    .map((namespace) => `${namespace}: nothing is denied`);
  return [...open, ...policies.flatMap(openings)];
}

const deniesAll = ({ spec }: Manifest): boolean =>
  Object.keys(spec.podSelector).length === 0 &&
  spec.policyTypes.length === 2 &&
  spec.ingress === undefined &&
  spec.egress === undefined;

/** Every rule must name ports, by number: the VPC CNI knows no names. */
function openings(policy: Manifest): string[] {
  const rules = [...(policy.spec.ingress ?? []), ...(policy.spec.egress ?? [])];
  const isBounded = ({ ports = [] }: Manifest['spec']): boolean =>
    ports.length > 0 &&
    ports.every(({ port, protocol }: Manifest['spec']) => Number.isInteger(port) && protocol);
  return rules.every(isBounded) ? [] : [`${nameOf(policy)}: a rule without ports`];
}
