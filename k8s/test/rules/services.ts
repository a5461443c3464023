import type { Manifest } from '../support/kustomize.ts';

/** The value of an annotation. */
export const annotationOf = ({ metadata }: Manifest, key: string): string | undefined =>
  metadata.annotations?.[key];

/** The Service of that name beside an object. */
export const serviceOf = (
  { metadata }: Manifest,
  name: string,
  manifests: readonly Manifest[],
): Manifest | undefined =>
  manifests.find(
    (one) =>
      one.kind === 'Service' && one.metadata.name === name && one.metadata.namespace === metadata.namespace,
  );

/** What is wrong with asking a Service for a port, by number or name. */
export function portProblem(service: Manifest, wanted: unknown): string[] {
  const ports = (service.spec.ports ?? []) as { name?: string; port: number }[];
  const found = ports.some(({ name, port }) => port === wanted || name === wanted);
  return found ? [] : [`Service ${service.metadata.name} has no port ${String(wanted)}`];
}

/** What keeps an ALB's target group on a Service from having healthy targets. */
export function targetGroupProblems(ingress: Manifest, service: Manifest, port: unknown): string[] {
  const key = 'alb.ingress.kubernetes.io/target-type';
  const targetType = annotationOf(service, key) ?? annotationOf(ingress, key);
  const { name } = service.metadata;
  const problems = portProblem(service, port);
  if (targetType === undefined) problems.push('no target-type');
  if (targetType === 'instance' && !['NodePort', 'LoadBalancer'].includes(service.spec.type)) {
    problems.push(`instance targets, but ${name} has no node port`);
  }
  if (!annotationOf(service, 'alb.ingress.kubernetes.io/healthcheck-path')) {
    problems.push(`${name} says no healthcheck-path: / answers 404`);
  }
  return problems;
}
