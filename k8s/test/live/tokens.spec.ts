import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasCluster } from '../support/cluster.ts';
import type { Manifest } from '../support/kustomize.ts';
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

(hasCluster ? describe : describe.skip)('notification, which knows pods by their tokens', () => {
  let namespace: Namespace;
  beforeAll(() => {
    namespace = new Namespace('usermgmt');
    deploy(namespace, 'local');
    namespace.apply(stranger());
    namespace.run('kubectl wait pod/stranger --for=condition=Ready --timeout=60s');
  }, 400_000);
  afterAll(() => {
    namespace.run('kubectl delete pod/stranger serviceaccount/stranger --now');
    namespace.run('kubectl delete networkpolicy/stranger networkpolicy/stranger-to-notification');
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
});
