import { type Manifest, nameOf } from '../support/kustomize.ts';
import { actionProblems, actionsOf } from './ingress-actions.ts';
import { groupProblems } from './ingress-group.ts';
import { annotationOf, serviceOf, targetGroupProblems } from './services.ts';

const alb = (ingress: Manifest, name: string): string | undefined =>
  annotationOf(ingress, `alb.ingress.kubernetes.io/${name}`);

interface Path {
  path: string;
  pathType: string;
  backend: Manifest['spec'];
}

/** What the AWS Load Balancer Controller makes nothing of, or something else, with a good event all the same. */
export function ingressProblems(manifests: readonly Manifest[]): string[] {
  const ingresses = manifests.filter(({ kind }) => kind === 'Ingress');
  const single = ingresses.flatMap((ingress) =>
    [
      ...classProblems(ingress, manifests),
      ...listenerProblems(ingress),
      ...ruleProblems(ingress),
      ...backendsOf(ingress).flatMap((backend) => backendProblems(ingress, backend, manifests)),
      ...actionProblems(ingress, backendsOf(ingress), manifests),
    ].map((problem) => `${nameOf(ingress)}: ${problem}`),
  );
  return [...single, ...groupProblems(ingresses)];
}

const pathsOf = (ingress: Manifest): Path[] =>
  (ingress.spec.rules ?? []).flatMap(({ http }: Manifest['spec']) => http.paths);

/** Every backend that an Ingress names. */
function backendsOf(ingress: Manifest): Manifest['spec'][] {
  const { defaultBackend } = ingress.spec;
  return [...(defaultBackend ? [defaultBackend] : []), ...pathsOf(ingress).map(({ backend }) => backend)];
}

/** Settings of the class win over annotations: whoever says both is not heard. */
const CLASS_SETTINGS: Readonly<Record<string, string>> = {
  scheme: 'scheme',
  targetType: 'target-type',
  group: 'group.name',
  sslPolicy: 'ssl-policy',
  certificateArn: 'certificate-arn',
  sslRedirectPort: 'ssl-redirect',
  loadBalancerAttributes: 'load-balancer-attributes',
  inboundCIDRs: 'inbound-cidrs',
  ipAddressType: 'ip-address-type',
  subnets: 'subnets',
  tags: 'tags',
};

function classProblems(ingress: Manifest, manifests: readonly Manifest[]): string[] {
  const { ingressClassName } = ingress.spec;
  const named = (kind: string, name: unknown): Manifest | undefined =>
    manifests.find((one) => one.kind === kind && one.metadata.name === name);
  const ingressClass = named('IngressClass', ingressClassName);
  if (ingressClass === undefined) return [`there is no IngressClass ${ingressClassName}`];
  const { parameters } = ingressClass.spec;
  const params = parameters && named(parameters.kind, parameters.name);
  if (parameters && !params) return [`there are no ${parameters.kind} ${parameters.name}`];
  return Object.entries(CLASS_SETTINGS)
    .filter(([field, name]) => params?.spec[field] !== undefined && alb(ingress, name) !== undefined)
    .map(([field, name]) => `${name} is overridden by ${field} of the class`);
}

function listenerProblems(ingress: Manifest): string[] {
  const problems: string[] = [];
  const listeners = JSON.parse(alb(ingress, 'listen-ports') ?? '[]') as Record<string, number>[];
  const has = (protocol: string, port?: number): boolean =>
    listeners.some((one) => (port === undefined ? protocol in one : one[protocol] === port));
  const certificate = alb(ingress, 'certificate-arn') !== undefined;
  const redirect = alb(ingress, 'ssl-redirect');
  const hosts = (ingress.spec.rules ?? []).some(({ host }: { host?: string }) => host !== undefined);
  if (certificate && !has('HTTPS')) problems.push('certificate-arn without HTTPS in listen-ports');
  if (ingress.spec.tls && !has('HTTPS')) problems.push('spec.tls without HTTPS in listen-ports');
  if (has('HTTPS') && !certificate && !ingress.spec.tls && !hosts)
    problems.push('HTTPS without a certificate');
  if (redirect !== undefined && !has('HTTPS', Number(redirect))) problems.push('ssl-redirect to no listener');
  if (redirect !== undefined && !has('HTTP')) problems.push('ssl-redirect without HTTP in listen-ports');
  if (alb(ingress, 'scheme') === undefined) problems.push('no scheme: it would be internal');
  if ((alb(ingress, 'load-balancer-attributes') ?? '').includes('deletion_protection.enabled=true')) {
    problems.push('deletion protection: it could not be deleted');
  }
  return problems;
}

function ruleProblems(ingress: Manifest): string[] {
  const problems: string[] = [];
  for (const { http } of ingress.spec.rules ?? []) {
    const paths = http.paths as Path[];
    const isRoot = ({ path, pathType }: Path): boolean => pathType === 'Prefix' && path === '/';
    for (const { path, pathType } of paths) {
      if (pathType !== 'ImplementationSpecific' && path.includes('*')) problems.push(`${path}: no wildcards`);
      if (pathType === 'ImplementationSpecific' && paths.some(isRoot))
        problems.push(`${path} is shadowed by /`);
    }
  }
  const hosts = (ingress.spec.rules ?? []).map(({ host = '' }: { host?: string }) => host) as string[];
  hosts.forEach((host, index) => {
    const [label, ...rest] = host.split('.');
    const wildcard = hosts.indexOf(`*.${rest.join('.')}`);
    if (label !== '*' && wildcard !== -1 && wildcard < index)
      problems.push(`${host} comes after its wildcard`);
  });
  return problems;
}

function backendProblems(
  ingress: Manifest,
  backend: Manifest['spec'],
  manifests: readonly Manifest[],
): string[] {
  const { name, port } = backend.service;
  if (port.name === 'use-annotation') {
    return name in actionsOf(ingress) ? [] : [`there is no action ${name}: the answer would be 503`];
  }
  const service = serviceOf(ingress, name, manifests);
  if (service === undefined) return [`there is no Service ${name}: the answer would be 503`];
  return targetGroupProblems(ingress, service, port.number ?? port.name);
}
