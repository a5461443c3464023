import { spawnSync } from 'node:child_process';
import type { Namespace } from './namespace.ts';

/** Whether it is installed. */
export const hasExternalDns = spawnSync('external-dns', ['--help']).error === undefined;

/** One round of ExternalDNS over the Services and Ingresses of a namespace. */
export interface Round {
  namespace: Namespace;
  /** What AWS_ENDPOINT_URL must be. */
  url: string;
  /** The hosted zone. */
  zone: string;
  /** Whose records they are. */
  owner: string;
}

/**
 * Runs ExternalDNS once, with the arguments of the add-on, and again if that fails, as its loop does.
 *
 * @param left how often again
 * @throws Error with what it wrote
 */
export function synchronize(round: Round, left = 2): void {
  const { namespace, url, zone, owner } = round;
  const words = [
    ...['--once', '--provider=aws', '--policy=sync', '--registry=txt', `--txt-owner-id=${owner}`],
    ...['--source=service', '--source=ingress', `--domain-filter=${zone}`, `--namespace=${namespace.name}`],
    `--kubeconfig=${namespace.kubeconfig}`,
  ];
  const { status, stderr } = spawnSync('external-dns', words, {
    encoding: 'utf8',
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  if (status === 0) return;
  if (left === 0) throw new Error(`external-dns: ${stderr}`);
  synchronize(round, left - 1);
}
