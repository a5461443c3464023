import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasCluster } from '../support/cluster.ts';
import { deploy } from './support/deploy.ts';
import { Namespace } from './support/namespace.ts';

/** What a pod's attempt to connect came to; a NetworkPolicy refuses, or says nothing at all. */
const OUTCOMES: Readonly<Record<number, string>> = { 0: 'connected', 1: 'refused', 2: 'refused' };

/** A program for `node -e`, without a space. */
const connectTo = (host: string, port: number): string =>
  `require('net').connect(${port},'${host}')` +
  ".on('connect',()=>process.exit(0)).on('error',()=>process.exit(1)).setTimeout(3000,()=>process.exit(2))";

(hasCluster ? describe : describe.skip)('NetworkPolicies', () => {
  let namespace: Namespace;
  let elsewhere: Namespace;
  const tries = (from: Namespace, pod: string, host: string, port: number): string | undefined =>
    OUTCOMES[from.try(`kubectl exec ${pod} -- node -e ${connectTo(host, port)}`).code];

  beforeAll(() => {
    namespace = new Namespace('network');
    deploy(namespace, 'local');
    elsewhere = new Namespace('network-elsewhere');
    elsewhere.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere.name } }]);
    elsewhere.run(
      'kubectl run stranger --image=usermgmt/notification:V1 --command -- node -e setInterval(()=>{},1e6)',
    );
    elsewhere.run('kubectl wait pod/stranger --for=condition=Ready --timeout=60s');
  }, 400_000);
  afterAll(() => {
    for (const one of [namespace, elsewhere]) one.delete();
  });

  it.each([
    ['usermgmt-microservice', 'mysql', 3306, 'connected'],
    ['usermgmt-microservice', 'notification-clusterip-service', 8096, 'connected'],
    ['usermgmt-microservice', 'local-mailbox', 8005, 'refused'],
    ['notification-microservice', 'local-mailbox', 8005, 'connected'],
    ['notification-microservice', 'mysql', 3306, 'refused'],
    ['notification-microservice', 'usermgmt-restapp-nodeport-service', 8095, 'refused'],
  ])('inside: %s to %s:%d is %s', (from, host, port, outcome) => {
    expect(tries(namespace, `deployment/${from}`, host, port)).toBe(outcome);
  });

  it.each([
    ['usermgmt-restapp-nodeport-service', 8095, 'connected'],
    ['notification-clusterip-service', 8096, 'refused'],
    ['mysql', 3306, 'refused'],
    ['local-mailbox', 8005, 'refused'],
  ])('from another namespace: to %s:%d is %s', (service, port, outcome) => {
    expect(tries(elsewhere, 'stranger', `${service}.${namespace.name}`, port)).toBe(outcome);
  });

  it('from another namespace: the metrics of a pod are refused, its API is not', () => {
    const [pod] = namespace.get('pods --selector app=usermgmt-restapp');
    expect(tries(elsewhere, 'stranger', pod?.status.podIP, 9095)).toBe('refused');
    expect(tries(elsewhere, 'stranger', pod?.status.podIP, 8095)).toBe('connected');
  });
});
