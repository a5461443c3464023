/**
 * Every annotation that the AWS Load Balancer Controller (test/controller/annotations.txt; where it may stand and what its value
 * looks like: docs/guide/ingress/annotations.md and docs/guide/service/annotations.md of that version) and ExternalDNS
 * (v0.23, docs/annotations/annotations.md) read, without the deprecated ones. A controller silently ignores a key that it
 * does not know.
 */
export interface Annotation {
  on: 'Ingress' | 'Service' | 'Ingress and Service';
  form: RegExp;
}

const TEXT = /^\S(.*\S)?$/s;
const BOOLEAN = /^(true|false)$/;
const NUMBER = /^\d+$/;
const LIST = /^[^\s,]+( ?, ?[^\s,]+)*$/;
const MAP = /^[^\s,=]+=[^,=]*( ?, ?[^\s,=]+=[^,=]*)*$/;
const JSON_VALUE = /^[[{].*[\]}]$/s;
const PATH = /^\/\S*$/;
const CODES = /^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/;
const PORT = /^(\d+|traffic-port|[a-z][a-z0-9-]*)$/;
const SCHEME = /^(internal|internet-facing)$/;
const TARGETS = /^(instance|ip)$/;
const LOAD_BALANCER_NAME = /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/;
const GROUP_NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const GROUP_ORDER = /^(-?\d{1,3}|-?1000)$/;
const ARNS = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{12}:[^\s,]+(, ?arn:\S+)*$/;
const TLS_POLICY = /^ELBSecurityPolicy-[A-Za-z0-9-]+$/;
const LISTENERS = /^\[(\s*\{\s*"HTTPS?"\s*:\s*\d+\s*\}\s*,?)+\]$/;
const HOSTS = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(,(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+)*$/;

const ALB: Readonly<Record<Annotation['on'], Readonly<Record<string, RegExp>>>> = {
  Ingress: {
    'load-balancer-name': LOAD_BALANCER_NAME,
    'group.name': GROUP_NAME,
    'group.order': GROUP_ORDER,
    'ip-address-type': /^(ipv4|dualstack|dualstack-without-public-ipv4)$/,
    scheme: SCHEME,
    subnets: LIST,
    'security-groups': LIST,
    'security-group-prefix-lists': LIST,
    'manage-backend-security-group-rules': BOOLEAN,
    'customer-owned-ipv4-pool': TEXT,
    'ipam-ipv4-pool-id': TEXT,
    'load-balancer-attributes': MAP,
    'minimum-load-balancer-capacity': MAP,
    'wafv2-acl-arn': TEXT,
    'wafv2-acl-name': TEXT,
    'waf-acl-id': TEXT,
    'shield-advanced-protection': BOOLEAN,
    'listen-ports': LISTENERS,
    'ssl-redirect': NUMBER,
    'inbound-cidrs': LIST,
    'certificate-arn': ARNS,
    'ssl-policy': TLS_POLICY,
    'mutual-authentication': JSON_VALUE,
    'jwt-validation': JSON_VALUE,
    'use-regex-path-match': BOOLEAN,
    'enable-frontend-nlb': BOOLEAN,
    'frontend-nlb-scheme': SCHEME,
    'frontend-nlb-subnets': LIST,
    'frontend-nlb-security-groups': LIST,
    'frontend-nlb-listener-port-mapping': MAP,
    'frontend-nlb-eip-allocations': LIST,
    'frontend-nlb-attributes': MAP,
    'frontend-nlb-tags': MAP,
    'frontend-nlb-healthcheck-port': PORT,
    'frontend-nlb-healthcheck-protocol': /^HTTPS?$/,
    'frontend-nlb-healthcheck-path': PATH,
    'frontend-nlb-healthcheck-interval-seconds': NUMBER,
    'frontend-nlb-healthcheck-timeout-seconds': NUMBER,
    'frontend-nlb-healthcheck-healthy-threshold-count': NUMBER,
    'frontend-nlb-healthcheck-unhealthy-threshold-count': NUMBER,
    'frontend-nlb-healthcheck-success-codes': CODES,
  },
  Service: {},
  'Ingress and Service': {
    tags: MAP,
    'target-type': TARGETS,
    'target-node-labels': MAP,
    'target-group-attributes': MAP,
    'multi-cluster-target-group': BOOLEAN,
    'backend-protocol': /^HTTPS?$/,
    'backend-protocol-version': /^(HTTP1|HTTP2|GRPC)$/,
    'healthcheck-port': PORT,
    'healthcheck-protocol': /^HTTPS?$/,
    'healthcheck-path': PATH,
    'healthcheck-interval-seconds': NUMBER,
    'healthcheck-timeout-seconds': NUMBER,
    'healthy-threshold-count': NUMBER,
    'unhealthy-threshold-count': NUMBER,
    'success-codes': CODES,
    'auth-type': /^(none|oidc|cognito)$/,
    'auth-idp-cognito': JSON_VALUE,
    'auth-idp-oidc': JSON_VALUE,
    'auth-on-unauthenticated-request': /^(authenticate|allow|deny)$/,
    'auth-scope': TEXT,
    'auth-session-cookie': TEXT,
    'auth-session-timeout': NUMBER,
  },
};

const NLB: Readonly<Record<string, RegExp>> = {
  'load-balancer-source-ranges': LIST,
  'aws-load-balancer-type': /^(nlb|external|nlb-ip)$/,
  'aws-load-balancer-nlb-target-type': TARGETS,
  'aws-load-balancer-name': LOAD_BALANCER_NAME,
  'aws-load-balancer-scheme': SCHEME,
  'aws-load-balancer-proxy-protocol': /^\*$/,
  'aws-load-balancer-proxy-protocol-per-target-group': LIST,
  'aws-load-balancer-ip-address-type': /^(ipv4|dualstack)$/,
  'aws-load-balancer-ssl-cert': ARNS,
  'aws-load-balancer-ssl-ports': LIST,
  'aws-load-balancer-ssl-negotiation-policy': TLS_POLICY,
  'aws-load-balancer-backend-protocol': /^(tcp|ssl)$/,
  'aws-load-balancer-additional-resource-tags': MAP,
  'aws-load-balancer-healthcheck-protocol': /^(tcp|http|https)$/,
  'aws-load-balancer-healthcheck-port': PORT,
  'aws-load-balancer-healthcheck-path': PATH,
  'aws-load-balancer-healthcheck-healthy-threshold': NUMBER,
  'aws-load-balancer-healthcheck-unhealthy-threshold': NUMBER,
  'aws-load-balancer-healthcheck-timeout': NUMBER,
  'aws-load-balancer-healthcheck-interval': NUMBER,
  'aws-load-balancer-healthcheck-success-codes': CODES,
  'aws-load-balancer-target-group-attributes': MAP,
  'aws-load-balancer-subnets': LIST,
  'aws-load-balancer-eip-allocations': /^eipalloc-[0-9a-f]+(, ?eipalloc-[0-9a-f]+)*$/,
  'aws-load-balancer-private-ipv4-addresses': LIST,
  'aws-load-balancer-ipv6-addresses': LIST,
  'aws-load-balancer-alpn-policy': /^(HTTP1Only|HTTP2Only|HTTP2Optional|HTTP2Preferred|None)$/,
  'aws-load-balancer-target-node-labels': MAP,
  'aws-load-balancer-attributes': MAP,
  'aws-load-balancer-security-groups': LIST,
  'aws-load-balancer-security-group-prefix-lists': LIST,
  'aws-load-balancer-manage-backend-security-group-rules': BOOLEAN,
  'aws-load-balancer-inbound-sg-rules-on-private-link-traffic': /^(on|off)$/,
  'aws-load-balancer-multi-cluster-target-group': BOOLEAN,
  'aws-load-balancer-enable-prefix-for-ipv6-source-nat': /^(on|off)$/,
  'aws-load-balancer-source-nat-ipv6-prefixes': LIST,
  'aws-load-balancer-minimum-load-balancer-capacity': MAP,
  'aws-load-balancer-enable-icmp-for-path-mtu-discovery': /^(on|off)$/,
  'aws-load-balancer-enable-tcp-udp-listener': BOOLEAN,
  'aws-load-balancer-disable-nlb-sg': BOOLEAN,
  'aws-load-balancer-quic-enabled-ports': LIST,
};

const EXTERNAL_DNS: Readonly<Record<string, RegExp>> = {
  hostname: HOSTS,
  'internal-hostname': HOSTS,
  target: LIST,
  ttl: /^[1-9]\d*[smh]?$/,
  alias: BOOLEAN,
  controller: /^dns-controller$/,
  'set-identifier': TEXT,
  'ingress-hostname-source': /^(defined-hosts-only|annotation-only)$/,
};

/** Names whose end is a name or a port. */
const OPEN_ENDED: readonly (readonly [RegExp, Annotation])[] = [
  [
    /^alb\.ingress\.kubernetes\.io\/(actions|conditions|transforms)\.[\w-]+$/,
    { on: 'Ingress', form: JSON_VALUE },
  ],
  [
    /^alb\.ingress\.kubernetes\.io\/target-control-port\.[a-z0-9-]+\.[a-z0-9-]+$/,
    { on: 'Ingress', form: NUMBER },
  ],
  [/^alb\.ingress\.kubernetes\.io\/listener-attributes\.HTTPS?-\d+$/, { on: 'Ingress', form: MAP }],
  [
    /^service\.beta\.kubernetes\.io\/aws-load-balancer-listener-attributes\.[A-Z]+-\d+$/,
    { on: 'Service', form: MAP },
  ],
  [/^service\.beta\.kubernetes\.io\/actions\.[A-Z]+-\d+$/, { on: 'Service', form: JSON_VALUE }],
];

const TABLE = new Map<string, Annotation>();
for (const on of ['Ingress', 'Service', 'Ingress and Service'] as const) {
  for (const [key, form] of Object.entries(ALB[on]))
    TABLE.set(`alb.ingress.kubernetes.io/${key}`, { on, form });
}
for (const [key, form] of Object.entries(NLB)) {
  TABLE.set(`service.beta.kubernetes.io/${key}`, { on: 'Service', form });
}
for (const [key, form] of Object.entries(EXTERNAL_DNS)) {
  // The second prefix is the default since v0.22; the first, the course's, is for older ones.
  for (const prefix of ['external-dns.alpha.kubernetes.io', 'external-dns.kubernetes.io']) {
    TABLE.set(`${prefix}/${key}`, { on: 'Ingress and Service', form });
  }
}

/** The annotations of the AWS Load Balancer Controller in this table, except those that end in a name or a port. */
export const CONTROLLER_ANNOTATIONS: readonly string[] = [...TABLE.keys()].filter(
  (key) => !key.startsWith('external-dns.'),
);

/** What is known of an annotation. */
export const annotation = (key: string): Annotation | undefined =>
  TABLE.get(key) ?? OPEN_ENDED.find(([name]) => name.test(key))?.[1];
