import type { Manifest } from '../support/kustomize.ts';
import { annotationOf } from './services.ts';

/** Namespaces that ask for readiness gates, whose load balancers have no ip targets: no gate would be there. */
export function readinessGateProblems(manifests: readonly Manifest[]): string[] {
  return manifests
    .filter(
      ({ kind, metadata }) =>
        kind === 'Namespace' && metadata.labels?.['elbv2.k8s.aws/pod-readiness-gate-inject'] !== undefined,
    )
    .filter(
      ({ metadata: { name } }) =>
        !manifests.some((one) => one.metadata.namespace === name && hasIpTargets(one)),
    )
    .map(({ metadata: { name } }) => `${name}: readiness gates without ip targets`);
}

const hasIpTargets = (manifest: Manifest): boolean =>
  annotationOf(manifest, 'alb.ingress.kubernetes.io/target-type') === 'ip' ||
  annotationOf(manifest, 'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type') === 'ip' ||
  manifest.spec?.defaultConfiguration?.targetType === 'ip';
