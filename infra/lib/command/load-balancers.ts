import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the AWS Load Balancer Controller makes load balancers of. Gateways are there only with their own kinds of objects. */
const KINDS = ['ingresses.networking.k8s.io', 'gateways.gateway.networking.k8s.io', 'services'] as const;

interface Found {
  kind: string;
  namespace: string;
  name: string;
}

/**
 * Deletes everything in a cluster that has a load balancer, and waits until each is gone: their controller must still
 * run for that, and a VPC with a load balancer in it cannot be deleted.
 *
 * @param clusterName of EKS
 * @throws {Error} if the cluster cannot be reached, or something stays
 */
export function deleteLoadBalancers(clusterName: string, region: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-infra-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    const cluster = ['--name', clusterName, '--region', region, '--kubeconfig', kubeconfig];
    run('aws', ['eks', 'update-kubeconfig', ...cluster]);
    for (const { kind, namespace, name } of find(kubeconfig)) {
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

function find(kubeconfig: string): Found[] {
  return KINDS.flatMap((kind) => {
    const words = ['--kubeconfig', kubeconfig, 'get', kind, '--all-namespaces', '--output', 'json'];
    const { status, stdout, stderr } = spawnSync('kubectl', words, { encoding: 'utf8' });
    if (status !== 0 && stderr.includes("the server doesn't have a resource type")) return [];
    if (status !== 0) throw new Error(`kubectl ${words.slice(2).join(' ')}: ${stderr.trim()}`);
    const { items } = JSON.parse(stdout) as {
      items: { metadata: { namespace: string; name: string }; spec: { type?: string } }[];
    };
    return items
      .filter(({ spec }) => kind !== 'services' || spec.type === 'LoadBalancer')
      .map(({ metadata: { namespace, name } }) => ({ kind, namespace, name }));
  });
}

function run(program: string, words: string[]): void {
  const { status, error } = spawnSync(program, words, { stdio: 'inherit' });
  if (status !== 0) {
    throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  }
}
