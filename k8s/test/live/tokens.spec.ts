import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logIn } from '@usermgmt/testing/login';
import { hasCluster } from '../support/cluster.ts';
import type { Manifest } from '../support/kustomize.ts';
import { usersUrl } from './support/access.ts';
import { deploy } from './support/deploy.ts';
import { Namespace } from './support/namespace.ts';

const STRANGER = { app: 'stranger' };
const MAIL = { subject: 'Hello', content: 'there', toEmails: ['somebody@example.com'] };

/** A program for `node -e`, without a space: sends a mail with the token in a file, and prints the answer. */
const sendWith = (tokenFile?: string): string => {
  const token =
    tokenFile && `'Bearer'+String.fromCharCode(32)+require('fs').readFileSync('${tokenFile}','utf8')`;
  const headers = `{'content-type':'application/json'${token ? `,authorization:${token}` : ''}}`;
  const options = `{method:'POST',body:'${JSON.stringify(MAIL)}',headers:${headers}}`;
  return (
    `fetch('http://notification-clusterip-service:8096/notification/send',${options})` +
    ".then(async(r)=>console.log(r.status,JSON.parse((await(r.text()))||'{}').code))"
  );
};

/** A pod with tokens of its own service account, which the network lets reach notification. */
const stranger = (): Manifest[] => {
  const metadata = { name: 'stranger' };
  const [from, to] = [{ matchLabels: STRANGER }, { matchLabels: { app: 'notification-restapp' } }];
  const tokens = ['notification', 'somebody-else'].map((audience) => ({
    serviceAccountToken: { audience, expirationSeconds: 600, path: audience },
  }));
  const container = {
    name: 'stranger',
    image: 'usermgmt/notification:V1',
    command: ['node', '-e', 'setInterval(()=>{},1e6)'],
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'tokens', mountPath: '/tokens', readOnly: true }],
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, labels: STRANGER },
      spec: {
        serviceAccountName: 'stranger',
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [container],
        volumes: [{ name: 'tokens', projected: { sources: tokens } }],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: { podSelector: from, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: to }] }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'stranger-to-notification' },
      spec: { podSelector: to, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: from }] }] },
    },
  ];
};

/** As `production` is, but for what a cluster without an account has not: the operator of External Secrets, for one. */
const CLOSED = {
  components: [
    'nodeport',
    'mysql',
    'db-secret',
    'secrets-manager',
    'local-mailbox',
    'auth-local',
    'namespace',
  ],
  settings: ['images', 'db-password', 'mysql-root-password', 'secrets-manager', 'auth-local'],
};

/** What External Secrets would bring. */
const signingKey = (): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'signing-key' },
  stringData: {
    'signing.pem': generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  },
});

(hasCluster ? describe : describe.skip)('notification, which knows pods by their tokens', () => {
  let namespace: Namespace;
  beforeAll(() => {
    namespace = new Namespace('tokens');
    namespace.try(`kubectl create namespace ${namespace.name}`);
    namespace.apply([signingKey()]);
    deploy(namespace, CLOSED);
    namespace.apply(stranger());
    namespace.run('kubectl wait pod/stranger --for=condition=Ready --timeout=60s');
  }, 400_000);
  afterAll(() => {
    namespace.delete();
  });

  const answerTo = (pod: string, tokenFile?: string): string =>
    namespace.run(`kubectl exec ${pod} -- node -e ${sendWith(tokenFile)}`).trim();

  it.each([
    [
      "takes a mail with user-management's token",
      'deployment/usermgmt-microservice',
      '/var/run/usermgmt/notification-token',
      '200 undefined',
    ],
    ["refuses a stranger's token with 403", 'stranger', '/tokens/notification', '403 FORBIDDEN'],
    [
      "refuses a stranger's token for somebody else with 401",
      'stranger',
      '/tokens/somebody-else',
      '401 TOKEN_INVALID',
    ],
    ['refuses who has no token with 401', 'stranger', undefined, '401 TOKEN_MISSING'],
  ])('%s', (_what, pod, tokenFile, answer) => {
    expect(answerTo(pod, tokenFile)).toBe(answer);
  });

  it('and user-management, which issues them, lets in whom it has given one', async () => {
    const users = await usersUrl(namespace);
    const refused = await fetch(`${users}/users`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer/),
    ]);
    const create = 'node dist/admin.js create root --email root@example.com';
    namespace.run(`kubectl exec --stdin deployment/usermgmt-microservice -- ${create}`, 'Pass@123');
    const { token } = await logIn(users, 'root', 'Pass@123');
    // Each on a connection of its own: both pods take what one of them has signed.
    for (let time = 0; time < 10; time += 1) {
      const headers = { authorization: `Bearer ${token}`, connection: 'close' };
      expect((await fetch(`${users}/user/root`, { headers })).status).toBe(200);
    }
  });
});
