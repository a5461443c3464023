import { type Manifest, nameOf } from '../support/kustomize.ts';
import { annotationOf } from './services.ts';

/** A new load balancer takes up to 3 minutes, and then checks the health of its targets. */
const FIRST_HEALTHY_AFTER_SECONDS = 240;

/**
 * Namespaces that ask for readiness gates whose load balancers have no ip targets: there would be no gate. And
 * Deployments in a namespace with ip targets that give up before a new load balancer can find a pod healthy; whether
 * there are gates is not only the overlay's to say, because infra/ gives its namespaces the label, too.
 */
export function readinessGateProblems(manifests: readonly Manifest[]): string[] {
  const isBehindIpTargets = (namespace?: string): boolean =>
    manifests.some((one) => one.metadata.namespace === namespace && hasIpTargets(one));
  const useless = manifests
    .filter(
      ({ kind, metadata }) =>
        kind === 'Namespace' && metadata.labels?.['elbv2.k8s.aws/pod-readiness-gate-inject'] !== undefined,
    )
    .filter(({ metadata: { name } }) => !isBehindIpTargets(name))
    .map(({ metadata: { name } }) => `${name}: readiness gates without ip targets`);
  const impatient = manifests
    .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-microservice'))
    .filter(({ metadata: { namespace } }) => isBehindIpTargets(namespace))
    .filter(({ spec }) => !(spec.progressDeadlineSeconds > FIRST_HEALTHY_AFTER_SECONDS))
    .map((deployment) => `${nameOf(deployment)}: gives up before a new load balancer finds a pod healthy`);
  return [...useless, ...impatient];
}

/** Whether it makes a load balancer send to the addresses of pods. */
export const hasIpTargets = (manifest: Manifest): boolean =>
  annotationOf(manifest, 'alb.ingress.kubernetes.io/target-type') === 'ip' ||
  annotationOf(manifest, 'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type') === 'ip' ||
  manifest.spec?.defaultConfiguration?.targetType === 'ip';
