import { type Manifest, nameOf } from '../support/kustomize.ts';
import { portProblem, serviceOf } from './services.ts';

interface BackendRef {
  name: string;
  port: number;
  weight?: number;
}

/** Gateways and routes that the AWS Load Balancer Controller makes nothing of, or answers 500 for. */
export function gatewayProblems(manifests: readonly Manifest[]): string[] {
  const ofKind = (kind: string): Manifest[] => manifests.filter((one) => one.kind === kind);
  const gateways = ofKind('Gateway').flatMap((gateway) =>
    said(gateway, problemsOfGateway(gateway, manifests)),
  );
  const routes = ofKind('HTTPRoute').flatMap((route) => said(route, problemsOfRoute(route, manifests)));
  return [...gateways, ...routes];
}

const said = (manifest: Manifest, problems: readonly string[]): string[] =>
  problems.map((problem) => `${nameOf(manifest)}: ${problem}`);

const find = (manifests: readonly Manifest[], kind: string, name: unknown): Manifest | undefined =>
  manifests.find((one) => one.kind === kind && one.metadata.name === name);

function problemsOfGateway(gateway: Manifest, manifests: readonly Manifest[]): string[] {
  const problems: string[] = [];
  const { gatewayClassName, infrastructure, listeners } = gateway.spec;
  const gatewayClass = find(manifests, 'GatewayClass', gatewayClassName);
  if (gatewayClass?.spec.controllerName !== 'gateway.k8s.aws/alb') {
    problems.push(`${gatewayClassName} is no class for an ALB`);
  }
  const configuration = find(manifests, 'LoadBalancerConfiguration', infrastructure?.parametersRef?.name);
  if (configuration === undefined) return [...problems, 'there is no LoadBalancerConfiguration of that name'];
  if (configuration.spec.scheme === undefined) problems.push('no scheme: it would be internal');
  for (const { name, protocol, port, hostname, tls } of listeners) {
    if (!['HTTP', 'HTTPS'].includes(protocol))
      problems.push(`listener ${name}: an ALB speaks no ${protocol}`);
    if (tls?.certificateRefs) problems.push(`listener ${name}: certificateRefs are ignored`);
    const certificate = (configuration.spec.listenerConfigurations ?? []).some(
      (one: Manifest['spec']) => one.protocolPort === `HTTPS:${port}` && one.defaultCertificate,
    );
    if (protocol === 'HTTPS' && !certificate && !hostname) problems.push(`listener ${name}: no certificate`);
    const isUsed = manifests.some(
      ({ kind, spec }) =>
        kind === 'HTTPRoute' &&
        spec.parentRefs.some(
          (ref: Manifest['spec']) => ref.name === gateway.metadata.name && ref.sectionName === name,
        ),
    );
    if (!isUsed) problems.push(`listener ${name}: no route, so it is not made`);
  }
  return problems;
}

function problemsOfRoute(route: Manifest, manifests: readonly Manifest[]): string[] {
  const problems: string[] = [];
  for (const { name, sectionName } of route.spec.parentRefs) {
    const listeners = find(manifests, 'Gateway', name)?.spec.listeners ?? [];
    if (!listeners.some((listener: { name: string }) => listener.name === sectionName)) {
      problems.push(`there is no listener ${name}/${sectionName}`);
    }
  }
  for (const { backendRefs = [], filters = [] } of route.spec.rules) {
    for (const { type, requestRedirect } of filters) {
      if (!['RequestRedirect', 'URLRewrite'].includes(type))
        problems.push(`the filter ${type} stops the Gateway`);
      if (type === 'RequestRedirect' && !requestRedirect.statusCode)
        problems.push('a redirect without statusCode');
    }
    if (backendRefs.length === 0 && filters.length === 0) problems.push('a rule that leads nowhere');
    for (const { name, port, weight } of backendRefs as BackendRef[]) {
      const service = serviceOf(route, name, manifests);
      problems.push(
        ...(service ? portProblem(service, port) : [`there is no Service ${name}: the answer would be 500`]),
      );
      if (backendRefs.length > 1 && weight === undefined) problems.push(`no weight for ${name}`);
      if (service) problems.push(...targetProblems(service, manifests));
    }
  }
  return problems;
}

function targetProblems(service: Manifest, manifests: readonly Manifest[]): string[] {
  const { name } = service.metadata;
  const configuration = manifests.find(
    ({ kind, spec }) => kind === 'TargetGroupConfiguration' && spec.targetReference.name === name,
  );
  const { targetType, healthCheckConfig } = configuration?.spec.defaultConfiguration ?? {};
  const problems: string[] = [];
  if (targetType !== 'ip' && service.spec.type !== 'NodePort')
    problems.push(`${name}: instance targets, no node port`);
  if (!healthCheckConfig?.healthCheckPath) problems.push(`${name}: no healthCheckPath: / answers 404`);
  return problems;
}
