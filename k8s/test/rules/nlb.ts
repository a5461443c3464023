import { type Manifest, nameOf } from '../support/kustomize.ts';
import { annotationOf } from './services.ts';

const nlb = (service: Manifest, name: string): string | undefined =>
  annotationOf(service, `service.beta.kubernetes.io/aws-load-balancer-${name}`);

/** Services of type LoadBalancer that the AWS Load Balancer Controller ignores or makes something else of. */
export function nlbProblems(manifests: readonly Manifest[]): string[] {
  return manifests
    .filter(({ kind, spec }) => kind === 'Service' && spec.type === 'LoadBalancer')
    .flatMap((service) => problemsOf(service).map((problem) => `${nameOf(service)}: ${problem}`));
}

function problemsOf(service: Manifest): string[] {
  const { loadBalancerClass, allocateLoadBalancerNodePorts, ports } = service.spec;
  const type = nlb(service, 'type');
  const targetType = nlb(service, 'nlb-target-type');
  const scheme = nlb(service, 'scheme');
  const problems: string[] = [];
  // Without class and type nobody of ours makes it: a Classic Load Balancer, or the webhook's default.
  if (loadBalancerClass === undefined && type === undefined) return problems;
  if (scheme === undefined) problems.push('no scheme: it would be internal');
  if (loadBalancerClass !== undefined && loadBalancerClass !== 'service.k8s.aws/nlb') {
    problems.push(`nobody makes the class ${loadBalancerClass}`);
  }
  if (type === 'external' && targetType === undefined)
    problems.push('external without a target type is ignored');
  if (loadBalancerClass !== undefined && targetType === undefined) problems.push('no target type');
  if (targetType === 'instance' && allocateLoadBalancerNodePorts === false) {
    problems.push('instance targets without node ports');
  }
  const attributes = nlb(service, 'target-group-attributes') ?? '';
  if (
    targetType === 'ip' &&
    scheme === 'internet-facing' &&
    !attributes.includes('preserve_client_ip.enabled=true')
  )
    problems.push('ip targets without the addresses of the clients: they share one rate limit');
  const certificate = nlb(service, 'ssl-cert');
  const tlsPorts = nlb(service, 'ssl-ports')
    ?.split(',')
    .map((port) => port.trim());
  if (certificate !== undefined && tlsPorts === undefined)
    problems.push('ssl-cert without ssl-ports: all speak TLS');
  if (certificate === undefined && tlsPorts !== undefined)
    problems.push('ssl-ports without ssl-cert: no TLS');
  for (const wanted of tlsPorts ?? []) {
    const found = ports.some(
      ({ name, port }: { name?: string; port: number }) => name === wanted || String(port) === wanted,
    );
    if (!found) problems.push(`ssl-ports names ${wanted}, which is no port`);
  }
  if (nlb(service, 'eip-allocations') !== undefined && scheme !== 'internet-facing') {
    problems.push('fixed addresses are for internet-facing ones');
  }
  if (annotationOf(service, 'service.beta.kubernetes.io/load-balancer-source-ranges') !== undefined) {
    problems.push('source ranges belong into the spec, which wins');
  }
  return problems;
}
