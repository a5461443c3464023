import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '@usermgmt/testing/wait';
import { kubectl } from '../../support/cluster.ts';
import type { Namespace } from './namespace.ts';

/**
 * The context path of user-management at a node's port, as clients outside of the cluster reach it.
 *
 * @throws Error when nothing answers there: the node's proxy hears of new pods, but a little after the rollout
 */
export async function usersUrl(namespace: Namespace): Promise<string> {
  const address = kubectl([
    ...['get', 'nodes', '--output'],
    'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}',
  ]);
  const port = namespace.run(
    'kubectl get service usermgmt-restapp-nodeport-service --output jsonpath={.spec.ports[0].nodePort}',
  );
  const url = `http://${address}:${port}/usermgmt`;
  await waitFor('user-management at its port', () => fetch(`${url}/health/live`));
  return url;
}

/** A way to a port inside. */
export interface Forwarded {
  url: string;
  stop(): Promise<void>;
}

/** Opens a way to a port that no NetworkPolicy lets others reach, as people do. @param target `deployment/local-mailbox` */
export async function forward(namespace: Namespace, target: string, port: number): Promise<Forwarded> {
  const words = ['port-forward', '--namespace', namespace.name, target, `:${port}`];
  const child = spawn('kubectl', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [unknown];
  const local = /127\.0\.0\.1:(\d+) ->/.exec(String(line))?.[1];
  if (local === undefined) throw new Error(`kubectl ${words.join(' ')}: ${String(line)}`);
  // Each connection is a line that somebody must read.
  child.stdout.resume();
  return {
    url: `http://127.0.0.1:${local}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** The addresses of the pods that get traffic by a Service, in order. */
export function addressesBehind(namespace: Namespace, service: string): string[] {
  interface Endpoint {
    addresses: string[];
    conditions: { ready: boolean };
  }
  return namespace
    .get(`endpointslices --selector kubernetes.io/service-name=${service}`)
    .flatMap(({ endpoints }) => (endpoints ?? []) as Endpoint[])
    .filter(({ conditions }) => conditions.ready)
    .flatMap(({ addresses }) => addresses)
    .sort();
}
