import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../support/kustomize.ts';
import { annotationProblems } from './annotations.ts';
import { gatewayProblems } from './gateway.ts';
import { ingressProblems } from './ingress.ts';
import { nlbProblems } from './nlb.ts';
import { readinessGateProblems } from './readiness-gates.ts';
import { trustedProxyProblems } from './trusted-proxies.ts';

const ALB = 'alb.ingress.kubernetes.io/';
const NLB = 'service.beta.kubernetes.io/aws-load-balancer-';

const object = (
  kind: string,
  name: string,
  more: object = {},
  annotations: Record<string, string> = {},
): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'a', annotations },
  ...more,
});
const keys = (prefix: string, values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));

const ports = [{ name: 'http', port: 8095 }];
const service = object(
  'Service',
  'app',
  { spec: { type: 'NodePort', ports } },
  { [`${ALB}healthcheck-path`]: '/' },
);
const cluster = [
  service,
  object('IngressClass', 'class', { spec: { parameters: { kind: 'IngressClassParams', name: 'params' } } }),
  object('IngressClassParams', 'params', { spec: { sslPolicy: 'a' } }),
];
const backend = (name: string, port: object = { number: 8095 }): object => ({ service: { name, port } });
const path = (text: string, to = backend('app'), pathType = 'Prefix'): object => ({
  path: text,
  pathType,
  backend: to,
});
const rules = (...paths: object[]): object => ({ ingressClassName: 'class', rules: [{ http: { paths } }] });
const BOTH = '[{"HTTPS":443},{"HTTP":80}]';
const CERTIFICATE = 'arn:aws:acm:us-east-1:111122223333:certificate/a';
const GOOD = { scheme: 'internal', 'target-type': 'instance' };

/** What the rules say of an Ingress in that cluster. */
const saidOf = (
  annotations: Record<string, string>,
  spec: object = rules(path('/')),
  more: Manifest[] = [],
): string[] =>
  ingressProblems([
    ...cluster,
    ...more,
    object('Ingress', 'one', { spec }, keys(ALB, { ...GOOD, ...annotations })),
  ]).map((problem) => problem.replace('a/Ingress/one: ', ''));

describe('the rules for an Ingress', () => {
  it('have nothing to say of a good one', () => {
    expect(saidOf({})).toEqual([]);
    expect(saidOf({ 'listen-ports': BOTH, 'certificate-arn': CERTIFICATE, 'ssl-redirect': '443' })).toEqual(
      [],
    );
  });

  it.each([
    ['no scheme: it would be internal', { scheme: '' }],
    ['certificate-arn without HTTPS in listen-ports', { 'certificate-arn': CERTIFICATE }],
    ['HTTPS without a certificate', { 'listen-ports': BOTH }],
    ['ssl-redirect to no listener', { 'listen-ports': '[{"HTTP":80}]', 'ssl-redirect': '443' }],
    [
      'ssl-redirect without HTTP in listen-ports',
      { 'listen-ports': '[{"HTTPS":443}]', 'certificate-arn': CERTIFICATE, 'ssl-redirect': '443' },
    ],
    ['ssl-policy is overridden by sslPolicy of the class', { 'ssl-policy': 'b' }],
    [
      'deletion protection: it could not be deleted',
      { 'load-balancer-attributes': 'deletion_protection.enabled=true' },
    ],
  ])('find: %s', (problem, annotations) => {
    const said = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== ''));
    const dropped = Object.keys(annotations).filter((key) => !(key in said));
    const base = Object.fromEntries(Object.entries(GOOD).filter(([key]) => !dropped.includes(key)));
    const ingress = object('Ingress', 'one', { spec: rules(path('/')) }, keys(ALB, { ...base, ...said }));
    expect(ingressProblems([...cluster, ingress])).toContain(`a/Ingress/one: ${problem}`);
  });

  it('find backends that are not there', () => {
    expect(saidOf({}, rules(path('/', backend('ap'))))).toEqual([
      'there is no Service ap: the answer would be 503',
    ]);
    expect(saidOf({}, rules(path('/', backend('app', { number: 80 }))))).toEqual([
      'Service app has no port 80',
    ]);
    expect(saidOf({}, rules(path('/', backend('cnary', { name: 'use-annotation' }))))).toEqual([
      'there is no action cnary: the answer would be 503',
    ]);
    expect(saidOf({}, { ...rules(path('/')), ingressClassName: 'other' })).toEqual([
      'there is no IngressClass other',
    ]);
  });

  it('find instance targets without a node port, and health checks of /', () => {
    const inside = object('Service', 'inside', { spec: { type: 'ClusterIP', ports } });
    expect(saidOf({}, rules(path('/', backend('inside'))), [inside])).toEqual([
      'instance targets, but inside has no node port',
      'inside says no healthcheck-path: / answers 404',
    ]);
  });

  it('find paths that nobody reaches', () => {
    expect(saidOf({}, rules(path('/'), path('/app', backend('app'), 'ImplementationSpecific')))).toEqual([
      '/app is shadowed by /',
    ]);
    expect(saidOf({}, rules(path('/app/*')))).toEqual(['/app/*: no wildcards']);
    const hosts = ['*.example.com', 'app.example.com'].map((host) => ({
      host,
      http: { paths: [path('/')] },
    }));
    expect(saidOf({}, { ingressClassName: 'class', rules: hosts })).toEqual([
      'app.example.com comes after its wildcard',
    ]);
  });

  it.each([
    ['no backend names it', '{"type":"redirect","redirectConfig":{"statusCode":"HTTP_301"}}', false],
    ['not JSON', '{"type":', true],
    ['nobody reads stickiness', '{"type":"forward","forwardConfig":{"stickiness":{}}}', true],
    ['a redirect without statusCode', '{"type":"redirect","redirectConfig":{"path":"/"}}', true],
    [
      'there is no Service nosuch',
      '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"nosuch"}]}}',
      true,
    ],
    [
      'Service app has no port 80',
      '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"app","servicePort":80}]}}',
      true,
    ],
    [
      'no weight for app',
      '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"app","servicePort":8095},{"serviceName":"app","servicePort":"http","weight":1}]}}',
      true,
    ],
    [
      'weight 1990 is not in 0 to 999',
      '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"app","servicePort":8095,"weight":1990}]}}',
      true,
    ],
    [
      'stickiness without durationSeconds',
      '{"type":"forward","forwardConfig":{"targetGroupStickinessConfig":{"enabled":true}}}',
      true,
    ],
  ])('find in an action: %s', (problem, action, isUsed) => {
    const to = isUsed ? backend('x', { name: 'use-annotation' }) : backend('app');
    expect(saidOf({ 'actions.x': action }, rules(path('/', to)))).toContain(`action x: ${problem}`);
  });
});

describe('the rules for a group', () => {
  const member = (
    name: string,
    annotations: Record<string, string>,
    spec = rules(path(`/${name}`)),
  ): Manifest => object('Ingress', name, { spec }, keys(ALB, { ...GOOD, 'group.name': 'g', ...annotations }));
  const saidOfGroup = (...members: Manifest[]): string[] => ingressProblems([...cluster, ...members]);

  it('have nothing to say of a good one', () => {
    expect(saidOfGroup(member('a', { 'group.order': '1' }), member('b', { 'group.order': '2' }))).toEqual([]);
  });

  it.each([
    ['members differ in listen-ports', { 'group.order': '2', 'listen-ports': '[{"HTTP":8080}]' }],
    ['members differ in scheme', { 'group.order': '2', scheme: 'internet-facing' }],
    ['members differ in load-balancer-name', { 'group.order': '2', 'load-balancer-name': 'b' }],
    ['every member must have a group.order of its own', { 'group.order': '1' }],
    ['every member must have a group.order of its own', {}],
  ])('find: %s', (problem, annotations: Record<string, string>) => {
    expect(saidOfGroup(member('a', { 'group.order': '1' }), member('b', annotations))).toEqual([
      `group g: ${problem}`,
    ]);
  });

  it('find a member that takes everything, and a second default backend', () => {
    const all = { ...rules(path('/')), defaultBackend: backend('app') };
    const said = saidOfGroup(
      member('a', { 'group.order': '1' }, all),
      member('b', { 'group.order': '2' }, all),
    );
    expect(said).toEqual([
      'group g: more than one default backend',
      'group g: / of a shadows the members after it',
    ]);
  });
});

describe('the rules for a Service of type LoadBalancer', () => {
  const saidOfService = (annotations: Record<string, string>, spec: object = {}): string[] => {
    const whole = { type: 'LoadBalancer', ports, ...spec };
    return nlbProblems([object('Service', 'lb', { spec: whole }, keys(NLB, annotations))]).map((problem) =>
      problem.replace('a/Service/lb: ', ''),
    );
  };
  const byClass = { loadBalancerClass: 'service.k8s.aws/nlb' };
  const good = { scheme: 'internal', 'nlb-target-type': 'instance' };

  it('have nothing to say of a good one, nor of a Classic one', () => {
    expect(saidOfService(good, byClass)).toEqual([]);
    expect(saidOfService({})).toEqual([]);
  });

  it.each([
    ['no scheme: it would be internal', { 'nlb-target-type': 'ip' }, byClass],
    ['no target type', { scheme: 'internal' }, byClass],
    ['external without a target type is ignored', { scheme: 'internal', type: 'external' }, {}],
    ['nobody makes the class other', good, { loadBalancerClass: 'other' }],
    ['instance targets without node ports', good, { ...byClass, allocateLoadBalancerNodePorts: false }],
    ['ssl-cert without ssl-ports: all speak TLS', { ...good, 'ssl-cert': CERTIFICATE }, byClass],
    ['ssl-ports without ssl-cert: no TLS', { ...good, 'ssl-ports': '8095' }, byClass],
    [
      'ssl-ports names 443, which is no port',
      { ...good, 'ssl-cert': CERTIFICATE, 'ssl-ports': '443' },
      byClass,
    ],
    [
      'ip targets without the addresses of the clients: they share one rate limit',
      { scheme: 'internet-facing', 'nlb-target-type': 'ip' },
      byClass,
    ],
    ['fixed addresses are for internet-facing ones', { ...good, 'eip-allocations': 'eipalloc-1' }, byClass],
  ])('find: %s', (problem, annotations: Record<string, string>, spec) => {
    expect(saidOfService(annotations, spec)).toEqual([problem]);
  });

  it('find source ranges as an annotation', () => {
    const annotations = {
      ...keys(NLB, good),
      'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8',
    };
    const lb = object('Service', 'lb', { spec: { type: 'LoadBalancer', ports, ...byClass } }, annotations);
    expect(nlbProblems([lb])).toEqual(['a/Service/lb: source ranges belong into the spec, which wins']);
  });
});

describe('the rules for a Gateway', () => {
  const gateway = {
    gatewayClassName: 'alb',
    infrastructure: { parametersRef: { name: 'lbc' } },
    listeners: [{ name: 'https', protocol: 'HTTPS', port: 443, hostname: 'a.example.com' }],
  };
  const route = {
    parentRefs: [{ name: 'gateway', sectionName: 'https' }],
    rules: [{ backendRefs: [{ name: 'app', port: 8095 }] }],
  };
  const targets = {
    targetReference: { name: 'app' },
    defaultConfiguration: { targetType: 'ip', healthCheckConfig: { healthCheckPath: '/' } },
  };
  const saidOfGateway = (change: {
    gateway?: object;
    route?: object;
    lbc?: object;
    targets?: object;
  }): string[] =>
    gatewayProblems([
      service,
      object('GatewayClass', 'alb', { spec: { controllerName: 'gateway.k8s.aws/alb' } }),
      object('LoadBalancerConfiguration', 'lbc', { spec: change.lbc ?? { scheme: 'internal' } }),
      object('TargetGroupConfiguration', 'app', { spec: change.targets ?? targets }),
      object('Gateway', 'gateway', { spec: { ...gateway, ...change.gateway } }),
      object('HTTPRoute', 'route', { spec: { ...route, ...change.route } }),
    ]).map((problem) => problem.replace(/^a\/\w+\/\w+: /, ''));

  it('have nothing to say of a good one', () => {
    expect(saidOfGateway({})).toEqual([]);
  });

  it.each([
    ['nlb is no class for an ALB', { gateway: { gatewayClassName: 'nlb' } }],
    ['no scheme: it would be internal', { lbc: {} }],
    ['there is no LoadBalancerConfiguration of that name', { gateway: { infrastructure: undefined } }],
    [
      'listener https: no certificate',
      { gateway: { listeners: [{ name: 'https', protocol: 'HTTPS', port: 443 }] } },
    ],
    [
      'listener https: certificateRefs are ignored',
      { gateway: { listeners: [{ ...gateway.listeners[0], tls: { certificateRefs: [] } }] } },
    ],
    [
      'listener https: an ALB speaks no TCP',
      { gateway: { listeners: [{ name: 'https', protocol: 'TCP', port: 1 }] } },
    ],
    [
      'there is no Service nosuch: the answer would be 500',
      { route: { rules: [{ backendRefs: [{ name: 'nosuch', port: 1 }] }] } },
    ],
    ['Service app has no port 80', { route: { rules: [{ backendRefs: [{ name: 'app', port: 80 }] }] } }],
    [
      'no weight for app',
      {
        route: {
          rules: [
            {
              backendRefs: [
                { name: 'app', port: 8095 },
                { name: 'app', port: 8095 },
              ],
            },
          ],
        },
      },
    ],
    [
      'the filter RequestHeaderModifier stops the Gateway',
      { route: { rules: [{ filters: [{ type: 'RequestHeaderModifier' }] }] } },
    ],
    [
      'a redirect without statusCode',
      { route: { rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: {} }] }] } },
    ],
    ['a rule that leads nowhere', { route: { rules: [{}] } }],
    [
      'there is no listener gateway/http',
      { route: { parentRefs: [{ name: 'gateway', sectionName: 'http' }] } },
    ],
    [
      'app: no healthCheckPath: / answers 404',
      { targets: { targetReference: { name: 'app' }, defaultConfiguration: { targetType: 'ip' } } },
    ],
  ])('find: %s', (problem, change) => {
    expect(saidOfGateway(change)).toContain(problem);
  });

  it('find instance targets without a node port', () => {
    const inside = object('Service', 'app', { spec: { type: 'ClusterIP', ports } });
    const said = gatewayProblems([inside, object('HTTPRoute', 'route', { spec: route })]);
    expect(said).toContain('a/HTTPRoute/route: app: instance targets, no node port');
  });
});

describe('the rules for annotations', () => {
  const saidOfAnnotation = (kind: string, key: string, value: string): string[] =>
    annotationProblems([object(kind, 'x', {}, { [key]: value })]).map((problem) =>
      problem.replace(/^a\/\w+\/x: /, ''),
    );

  it.each([
    ['Ingress', `${ALB}target-type`, 'ip'],
    ['Service', `${ALB}healthcheck-path`, '/a'],
    ['Ingress', `${ALB}actions.any-name`, '{"a":1}'],
    ['Service', `${NLB}ssl-ports`, '443,'.slice(0, -1)],
    ['Ingress', 'external-dns.kubernetes.io/hostname', 'a.example.com,b.example.com'],
  ])('know, on %s, %s: %s', (kind, key, value) => {
    expect(saidOfAnnotation(kind, key, value)).toEqual([]);
  });

  it.each([
    ['Ingress', `${ALB}target-typ`, 'ip', `nobody knows ${ALB}target-typ`],
    ['Service', `${ALB}scheme`, 'internal', `${ALB}scheme is not read on Service`],
    ['Ingress', `${ALB}scheme`, 'public', `${ALB}scheme has the wrong form: public`],
    ['Ingress', `${ALB}target-type`, 'pod', `${ALB}target-type has the wrong form: pod`],
    [
      'Ingress',
      `${ALB}healthcheck-interval-seconds`,
      '15s',
      `${ALB}healthcheck-interval-seconds has the wrong form: 15s`,
    ],
    ['Ingress', `${ALB}healthcheck-path`, 'health', `${ALB}healthcheck-path has the wrong form: health`],
    ['Ingress', `${ALB}ssl-redirect`, 'true', `${ALB}ssl-redirect has the wrong form: true`],
    ['Ingress', `${ALB}group.order`, '1001', `${ALB}group.order has the wrong form: 1001`],
    ['Ingress', `${ALB}group.name`, 'My_Group', `${ALB}group.name has the wrong form: My_Group`],
    ['Ingress', `${ALB}listen-ports`, '[{"TCP":80}]', `${ALB}listen-ports has the wrong form: [{"TCP":80}]`],
    [
      'Ingress',
      `${ALB}certificate-arn`,
      'certificate',
      `${ALB}certificate-arn has the wrong form: certificate`,
    ],
    ['Service', `${NLB}nlb-target-type`, 'pod', `${NLB}nlb-target-type has the wrong form: pod`],
    [
      'Service',
      'external-dns.kubernetes.io/hostnames',
      'a.example.com',
      'nobody knows external-dns.kubernetes.io/hostnames',
    ],
    [
      'Ingress',
      'external-dns.kubernetes.io/hostname',
      'nodots',
      'external-dns.kubernetes.io/hostname has the wrong form: nodots',
    ],
  ])('find, on %s, %s: %s', (kind, key, value, problem) => {
    expect(saidOfAnnotation(kind, key, value)).toEqual([problem]);
  });

  it('find values that are not strings', () => {
    expect(saidOfAnnotation('Ingress', `${ALB}ssl-redirect`, 443 as unknown as string)).toEqual([
      `${ALB}ssl-redirect is not a string`,
    ]);
  });

  it('find labels of a namespace that mean nothing, and gates without ip targets', () => {
    const labels = {
      'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled',
      'pod-security.kubernetes.io/enfroce': 'restricted',
    };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels } };
    expect(annotationProblems([namespace])).toEqual([
      'Namespace/a: the label pod-security.kubernetes.io/enfroce=restricted means nothing',
    ]);
    expect(readinessGateProblems([namespace])).toEqual(['a: readiness gates without ip targets']);
    const ip = object('Ingress', 'one', {}, { [`${ALB}target-type`]: 'ip' });
    expect(readinessGateProblems([namespace, ip])).toEqual([]);
  });

  it('find services that trust every pod, although their load balancer has ip targets', () => {
    const config = (TRUSTED_PROXIES: string): Manifest =>
      object('ConfigMap', 'app', { data: { TRUSTED_PROXIES } });
    const ip = object('Ingress', 'one', {}, { [`${ALB}target-type`]: 'ip' });
    const instance = object('Ingress', 'one', {}, { [`${ALB}target-type`]: 'instance' });
    expect(trustedProxyProblems([instance, config('192.168.0.0/16')])).toEqual([]);
    expect(trustedProxyProblems([ip, config('192.168.0.0/22')])).toEqual([]);
    expect(trustedProxyProblems([ip, config('192.168.0.0/16')])).toEqual([
      'a/ConfigMap/app: trusts every pod of the VPC',
    ]);
  });

  it('find Deployments that give up before a new load balancer finds their pods healthy', () => {
    const ip = object('Ingress', 'one', {}, { [`${ALB}target-type`]: 'ip' });
    const deployment = (seconds: number): Manifest =>
      object('Deployment', 'a-microservice', { spec: { progressDeadlineSeconds: seconds } });
    expect(readinessGateProblems([deployment(180)])).toEqual([]);
    expect(readinessGateProblems([ip, deployment(420)])).toEqual([]);
    expect(readinessGateProblems([ip, deployment(180)])).toEqual([
      'a/Deployment/a-microservice: gives up before a new load balancer finds a pod healthy',
    ]);
  });
});
