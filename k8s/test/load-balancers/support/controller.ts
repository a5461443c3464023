import { execFileSync } from 'node:child_process';
import { kubectl } from '../../support/cluster.ts';

/**
 * A program beside the current context's cluster that runs the AWS Load Balancer Controller with an emulated AWS. It
 * knows these arguments: `wait SECONDS`, which ends when the controller has nothing more to do; `state`, which prints
 * the load balancers, a paragraph each; `events`, which prints `namespace/Kind/name  Reason: message`, a line each;
 * `traffic`, after which each load balancer answers at an address of its own; `resolve HOST`, which prints that address
 * for a name in the emulated Route 53; `ca`, which prints the path of the CA of their certificates.
 */
const PROGRAM = process.env.TEST_LB_CONTROLLER ?? '';

/** Whether there is one. */
export const hasController = PROGRAM !== '';

if (!hasController)
  process.stderr.write('!!! SKIPPED: what the AWS Load Balancer Controller makes: set TEST_LB_CONTROLLER\n');

/** Runs the program to its end. @returns what it prints @throws Error with what it wrote, if it failed */
const run = (...words: string[]): string =>
  execFileSync(PROGRAM, words, { encoding: 'utf8', maxBuffer: 2 ** 26 });

/** Waits until the controller has nothing more to do. @throws Error if it has after that time */
export function settle(seconds: number): void {
  run('wait', String(seconds));
}

/** The load balancers that exist, a paragraph each. */
export const balancers = (): string[] =>
  run('state')
    .split('\n\n')
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '' && paragraph !== 'no load balancer');

/** What the controller has said about objects, a line each, the oldest first. */
export const events = (): string[] =>
  run('events')
    .split('\n')
    .filter((line) => line !== '');

/** What AWS_ENDPOINT_URL must be for the emulated AWS. */
export const AWS_ENDPOINT = process.env.TEST_LB_AWS_ENDPOINT ?? '';

/** Deletes the classes of the overlays, so that no other test of the cluster finds a default class. */
export function deleteClasses(): void {
  const kinds = 'ingressclasses,ingressclassparams.elbv2.k8s.aws,gatewayclasses';
  kubectl(['delete', kinds, 'my-aws-ingress-class', 'aws-alb', '--ignore-not-found']);
}

/** Makes the load balancers answer. @returns the path of the CA that has signed their certificates */
export function openToTraffic(): string {
  run('traffic');
  return run('ca').trim();
}

/** The address of the load balancer to which a name in the emulated Route 53 leads. @throws Error if it leads to none */
export const resolve = (host: string): string => run('resolve', host).trim();
