import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { CONFIGURATION_TAG } from '../stacks.ts';
import { AwsError, aws } from './aws.ts';

/** What the AWS Load Balancer Controller makes load balancers of. Gateways are there only with their own kinds of objects. */
const KINDS = ['ingresses.networking.k8s.io', 'gateways.gateway.networking.k8s.io', 'services'] as const;

interface Found {
  kind: string;
  namespace: string;
  name: string;
}

/**
 * Deletes everything in the cluster of a configuration that has a load balancer, and waits until each is gone: their
 * controller must still run for that, and a VPC with a load balancer in it cannot be deleted. Without a cluster, or if
 * the cluster of that name is of another configuration, nothing is done.
 *
 * @throws {Error} if the cluster cannot be reached, or something stays
 */
export function deleteLoadBalancers(config: Config): void {
  const { region } = config;
  const clusterName = config.cluster.name;
  const found = describeCluster(clusterName, region);
  if (found?.status !== 'ACTIVE') {
    process.stdout.write(`There is no running cluster ${clusterName}, so no load balancers of it\n`);
    return;
  }
  if (found.tags[CONFIGURATION_TAG] !== config.name) {
    process.stdout.write(`The cluster ${clusterName} is not of ${config.name}: its load balancers stay\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-infra-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    const cluster = ['--name', clusterName, '--region', region, '--kubeconfig', kubeconfig];
    run('aws', ['eks', 'update-kubeconfig', ...cluster]);
    for (const { kind, namespace, name } of find(kubeconfig, found)) {
      process.stdout.write(
        `deleting ${kind} ${namespace}/${name}, and waiting for its load balancer to go\n`,
      );
      // prettier-ignore
      run('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, 'delete', kind, name, '--wait', '--timeout=10m']);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface FoundCluster {
  status: string;
  tags: Record<string, string>;
  resourcesVpcConfig: { endpointPublicAccess: boolean };
}

/** @returns undefined if there is none */
function describeCluster(name: string, region: string): FoundCluster | undefined {
  try {
    return (aws(region, 'eks', 'describe-cluster', '--name', name) as { cluster: FoundCluster }).cluster;
  } catch (error) {
    if (error instanceof AwsError && error.message.includes('ResourceNotFoundException')) return undefined;
    throw error;
  }
}

function find(kubeconfig: string, cluster: FoundCluster): Found[] {
  return KINDS.flatMap((kind) => {
    // prettier-ignore
    const words = ['--kubeconfig', kubeconfig, 'get', kind, '--all-namespaces', '--output', 'json', '--request-timeout=20s'];
    const { status, stdout, stderr, error } = spawnSync('kubectl', words, { encoding: 'utf8' });
    if (error !== undefined) throw error;
    if (status !== 0 && stderr.includes("the server doesn't have a resource type")) return [];
    if (status !== 0) throw new Error(unreachable(cluster, stderr));
    const { items } = JSON.parse(stdout) as {
      items: { metadata: { namespace: string; name: string }; spec: { type?: string } }[];
    };
    return items
      .filter(({ spec }) => kind !== 'services' || spec.type === 'LoadBalancer')
      .map(({ metadata: { namespace, name } }) => ({ kind, namespace, name }));
  });
}

function unreachable({ resourcesVpcConfig }: FoundCluster, said: string): string {
  const advice = resourcesVpcConfig.endpointPublicAccess
    ? 'your address must be in cluster.publicAccess, and your role in cluster.administrators'
    : 'it is private: run this from inside the VPC (docs/deploy-to-aws.md, step 5)';
  return [
    `kubectl: ${said.trim().split('\n').at(-1) ?? ''}`,
    `The API server does not answer; ${advice}. Nothing was deleted.`,
    'If nothing in the cluster has a load balancer, say --skip-load-balancers.',
  ].join('\n');
}

function run(program: string, words: string[]): void {
  const { status, error } = spawnSync(program, words, { stdio: 'inherit' });
  if (status !== 0) {
    throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  }
}
