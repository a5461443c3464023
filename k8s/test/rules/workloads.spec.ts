import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../support/kustomize.ts';
import { databaseUserProblems } from './database-user.ts';
import { externalSecretProblems } from './external-secrets.ts';
import { networkProblems } from './network.ts';
import { podProblems } from './pods.ts';
import { referenceProblems } from './references.ts';
import { settingProblems } from './settings.ts';

const probe = (end: string): object => ({ httpGet: { path: `/usermgmt/health/${end}` } });
const container = {
  name: 'app',
  image: 'repository/app:V1',
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
  ports: [{ name: 'http' }],
  envFrom: [{ configMapRef: { name: 'settings' } }],
  startupProbe: probe('live'),
  livenessProbe: probe('live'),
  readinessProbe: probe('ready'),
  lifecycle: { preStop: { sleep: { seconds: 10 } } },
};
const pod = {
  serviceAccountName: 'app',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 45,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  topologySpreadConstraints: [
    { topologyKey: 'topology.kubernetes.io/zone' },
    { topologyKey: 'kubernetes.io/hostname' },
  ],
  containers: [container],
};
const labels = { app: 'usermgmt-restapp', 'app.kubernetes.io/name': 'a', 'app.kubernetes.io/part-of': 'b' };
const object = (kind: string, name: string, more: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'a' },
  ...more,
});
const deployment = (change: object = {}, name = 'app', selector: object = labels): Manifest =>
  object('Deployment', name, {
    spec: {
      selector: { matchLabels: selector },
      template: { metadata: { labels }, spec: { ...pod, ...change } },
    },
  });
const beside = [
  object('ConfigMap', 'settings', { data: { SHUTDOWN_DELAY_MS: '5000', AUTH_MODE: 'jwt' } }),
  object('ServiceAccount', 'app'),
];
const short = (problems: string[]): string[] =>
  problems.map((problem) => problem.replace(/^a\/\w+\/\w+: /, ''));

describe('the rules for pods', () => {
  const saidOf = (change: object): string[] => short(podProblems([deployment(change), ...beside]));
  const withContainer = (change: object): object => ({ containers: [{ ...container, ...change }] });

  it('have nothing to say of a good one', () => {
    expect(saidOf({})).toEqual([]);
  });

  it.each<[string, object]>([
    ['may run as root', { securityContext: { ...pod.securityContext, runAsUser: 0 } }],
    ['no seccomp profile', { securityContext: { runAsNonRoot: true, runAsUser: 1 } }],
    ["mounts the service account's token", { automountServiceAccountToken: undefined }],
    ['service links', { enableServiceLinks: true }],
    ['no service account of its own', { serviceAccountName: 'default' }],
    [
      'app: more rights than needed',
      withContainer({ securityContext: { ...container.securityContext, privileged: true } }),
    ],
    ['app: no version in app:latest', withContainer({ image: 'app:latest' })],
    ['app: no version in app', withContainer({ image: 'app' })],
    ['app: a port of the node', withContainer({ ports: [{ hostPort: 2000 }] })],
    [
      'app: does not say what it needs',
      withContainer({ resources: { requests: container.resources.requests } }),
    ],
    ['app: does not say what it needs', withContainer({ resources: undefined })],
    ['no startup probe', withContainer({ startupProbe: undefined })],
    ['no liveness probe', withContainer({ livenessProbe: { tcpSocket: {} } })],
    ['no readiness probe', withContainer({ readinessProbe: probe('live') })],
    ['ends before others have heard of it', withContainer({ lifecycle: undefined })],
    ['is killed before it is done', { terminationGracePeriodSeconds: 30 }],
    ['not spread', { topologySpreadConstraints: [] }],
  ])('find: %s', (problem, change) => {
    expect(saidOf(change)).toEqual([problem]);
  });

  it('find a service that does not say who gets in', () => {
    const settings = object('ConfigMap', 'settings', { data: { SHUTDOWN_DELAY_MS: '5000' } });
    expect(short(podProblems([deployment(), settings]))).toEqual(['does not say who gets in']);
  });

  it('leave to a LimitRange what a container does not say', () => {
    const manifests = [deployment(withContainer({ resources: undefined })), ...beside];
    expect(podProblems([...manifests, object('LimitRange', 'defaults')])).toEqual([]);
  });
});

describe('the rules for what names something else', () => {
  const saidOf = (...more: Manifest[]): string[] =>
    short(referenceProblems([deployment(), ...beside, ...more]));

  it('have nothing to say when all is there', () => {
    expect(
      saidOf(object('Service', 'app', { spec: { selector: labels, ports: [{ targetPort: 'http' }] } })),
    ).toEqual([]);
  });

  it.each<[string, Manifest]>([
    ['selects no pod', object('Service', 'app', { spec: { selector: { app: 'other' } } })],
    [
      'selects no pod',
      object('PodDisruptionBudget', 'app', { spec: { selector: { matchLabels: { app: 'other' } } } }),
    ],
    [
      'selects no pod',
      object('NetworkPolicy', 'app', {
        spec: { podSelector: { matchExpressions: [{ key: 'app', values: ['x'] }] } },
      }),
    ],
    [
      'no pod has a port https',
      object('Service', 'app', { spec: { selector: labels, ports: [{ targetPort: 'https' }] } }),
    ],
    ['belongs to no namespace', object('StorageClass', 'app')],
  ])('find: %s', (problem, manifest) => {
    expect(saidOf(manifest)).toEqual([problem]);
  });

  it('find objects in no namespace, and Secrets, ConfigMaps and accounts that are not there', () => {
    const lost = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost' } };
    expect(referenceProblems([lost])).toEqual(['ConfigMap/lost: in no namespace']);
    const secret = {
      containers: [{ ...container, env: [{ valueFrom: { secretKeyRef: { key: 'k', name: 'password' } } }] }],
    };
    expect(short(referenceProblems([deployment(secret)]))).toEqual([
      'there is no ConfigMap settings',
      'there is no Secret password',
      'its service account is not there',
    ]);
  });

  it('find two that fight for the same pods', () => {
    const canary = deployment({}, 'canary', { app: 'usermgmt-restapp' });
    expect(short(referenceProblems([deployment(), canary, ...beside]))).toEqual([
      'selects the pods of canary, too',
      'selects the pods of app, too',
    ]);
  });
});

describe('the rules for the network', () => {
  const policy = (name: string, spec: object): Manifest => object('NetworkPolicy', name, { spec });
  const deny = policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

  it('want everything denied first, and every edge to name its ports', () => {
    const edge = (port: unknown): Manifest =>
      policy('edge', { podSelector: labels, egress: [{ ports: [{ port, protocol: 'TCP' }] }] });
    expect(networkProblems([deployment(), deny, edge(3306)])).toEqual([]);
    expect(networkProblems([deployment(), edge(3306)])).toEqual(['a: nothing is denied']);
    expect(networkProblems([deployment(), deny, edge('mysql')])).toEqual([
      'a/NetworkPolicy/edge: a rule without ports',
    ]);
    expect(
      networkProblems([deployment(), deny, policy('edge', { podSelector: labels, ingress: [{}] })]),
    ).toEqual(['a/NetworkPolicy/edge: a rule without ports']);
  });
});

describe('the rule for settings', () => {
  it('finds a value that was not filled in, and no name of a variable', () => {
    const settings = { AWS_REGION: 'us-east-1', DB_USERNAME: 'DB_USERNAME' };
    const env = [{ name: 'DB_PASSWORD', valueFrom: {} }];
    expect(settingProblems([object('ConfigMap', 'x', { data: settings }), deployment({ env })])).toEqual([
      'a/ConfigMap/x: DB_USERNAME is not filled in',
    ]);
    expect(settingProblems([object('ConfigMap', 'x', { data: { conf: 'region AWS_REGION' } })])).toHaveLength(
      1,
    );
  });
});

describe('the rules for ExternalSecrets', () => {
  it('find one that looks for a new value only after a long time', () => {
    const saidOf = (refreshInterval?: string): string[] =>
      short(externalSecretProblems([object('ExternalSecret', 'key', { spec: { refreshInterval } })]));
    expect(saidOf('30s')).toEqual([]);
    expect(saidOf('5m')).toEqual([]);
    expect(saidOf('1h')).toEqual(['looks for a new value only after 1h']);
    expect(saidOf()).toEqual(['looks for a new value only after undefined']);
  });

  it('find a store without a role of its own namespace', () => {
    const store = (auth?: object): Manifest =>
      object('SecretStore', 'store', { spec: { provider: { aws: { auth } } } });
    const account = (name: string, annotations = {}): Manifest => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'a', annotations },
    });
    const reader = account('reader', { 'eks.amazonaws.com/role-arn': 'arn' });
    const byReader = { jwt: { serviceAccountRef: { name: 'reader' } } };
    expect(externalSecretProblems([store(byReader), reader])).toEqual([]);
    const problem = ['a/SecretStore/store: no role of its own namespace'];
    expect(externalSecretProblems([store(), reader])).toEqual(problem);
    expect(externalSecretProblems([store(byReader), account('reader')])).toEqual(problem);
    const elsewhere = { ...reader, metadata: { ...reader.metadata, namespace: 'b' } };
    expect(externalSecretProblems([store(byReader), elsewhere])).toEqual(problem);
  });
});

describe('the rules for database users', () => {
  const usesAdmin = { volumes: [{ name: 'admin', secret: { secretName: 'mysql-admin-password' } }] };
  const config = (namespace: string, data: object): Manifest => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'user-management', namespace, labels: { database: 'rds' } },
    data,
  });
  const migration = (namespace: string, admin = 'dbadmin'): Manifest => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'usermgmt-migration', namespace },
    spec: {
      template: {
        spec: { ...usesAdmin, containers: [{ env: [{ name: 'DB_ADMIN_USERNAME', value: admin }] }] },
      },
    },
  });
  const own = { DB_NAME: 'a', DB_USERNAME: 'a' };

  it('have nothing to say of a migration that sets up the user', () => {
    expect(databaseUserProblems([config('a', own), migration('a'), deployment()])).toEqual([]);
  });

  it('find a pod, and a ConfigMap of pods, that know the master user', () => {
    expect(databaseUserProblems([deployment(usesAdmin)])).toEqual([
      'a/Deployment/app: knows the master user',
    ]);
    expect(databaseUserProblems([object('ConfigMap', 'x', { data: { DB_ADMIN_USERNAME: 'x' } })])).toEqual([
      'a/ConfigMap/x: knows the master user',
    ]);
  });

  it('find a service that would log in as the master user, or as a user that nothing creates', () => {
    const problem = ['a/ConfigMap/user-management: no migration sets up its user'];
    expect(databaseUserProblems([config('a', own)])).toEqual(problem);
    expect(databaseUserProblems([config('a', own), migration('b')])).toEqual(problem);
    expect(databaseUserProblems([config('a', own), migration('a', 'a')])).toEqual(problem);
  });

  it('find two namespaces with one schema or one user', () => {
    const others = [config('a', own), migration('a'), migration('b')];
    expect(databaseUserProblems([...others, config('b', { DB_NAME: 'a', DB_USERNAME: 'b' })])).toEqual([
      'a/ConfigMap/user-management: another namespace has the same DB_NAME',
      'b/ConfigMap/user-management: another namespace has the same DB_NAME',
    ]);
    expect(databaseUserProblems([...others, config('b', { DB_NAME: 'b', DB_USERNAME: 'a' })])).toHaveLength(
      2,
    );
  });
});
