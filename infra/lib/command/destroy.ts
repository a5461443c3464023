import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import type { Config } from '../config/config.ts';
import { cdk } from './cdk.ts';
import { deleteStacks, deployedStacks, leftoverStacks, type DeployedStack } from './deployed-stacks.ts';
import { deleteLoadBalancers } from './load-balancers.ts';
import { deleteLogGroups } from './log-groups.ts';
import { ownConfig } from './own-config.ts';

const WHAT_STAYS = `What stays: the hosted zone ($0.50 a month), the stack CDKToolkit with its bucket (some cents a month), KMS keys for the
30 days until they are deleted (not billed). docs/deploy-to-aws.md, "Delete it", shows how to see that nothing else is left.
`;

/**
 * Deletes everything of a configuration. It can be repeated, and follows a deployment that ended half way.
 *
 * Nothing is changed before all that may refuse it has been asked: the configuration, the account, the protection of the
 * stacks, and the person.
 *
 * @param args `--force`: does not ask; `--skip-load-balancers`: does not look into the cluster
 * @returns the exit code: 1 if the answer was no, or something stays
 * @throws {Error} if the data is to be kept, or the credentials are of another account
 */
export async function destroy(name: string, args: string[]): Promise<number> {
  const { force, 'skip-load-balancers': skipsBalancers } = optionsOf(args);
  const config = await ownConfig(name, requireThrowAway);
  const deployed = deployedStacks(config);
  refuseProtected(deployed);
  if (!force && !(await isConfirmed(config, deployed))) {
    process.stderr.write('Nothing was deleted.\n');
    return 1;
  }
  if (!skipsBalancers) deleteLoadBalancers(config);
  deleteStacks(config, leftoverStacks(config, deployed));
  if (deployed.length > 0) {
    const status = await cdk('destroy', name, ['--all', '--force']);
    const left = deployedStacks(config);
    if (status !== 0 || left.length > 0) {
      process.stderr.write(`Left: ${left.map((stack) => `${stack.name} (${stack.status})`).join(', ')}\n`);
      return 1;
    }
  }
  // Last: EKS and Lambda write to theirs until they are gone.
  deleteLogGroups(config);
  process.stdout.write(WHAT_STAYS);
  return 0;
}

function optionsOf(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { force: { type: 'boolean', short: 'f' }, 'skip-load-balancers': { type: 'boolean' } },
  });
  if (positionals.length > 0) {
    throw new Error('destroy deletes all stacks, in their order; CloudFormation deletes one of them');
  }
  return values;
}

function requireThrowAway({ name, data }: Config): void {
  if (data === 'keep') {
    throw new Error(
      `${name} says data: 'keep': nothing was deleted. To delete it, say data: 'throw-away', deploy that, then destroy`,
    );
  }
}

function refuseProtected(deployed: readonly DeployedStack[]): void {
  const kept = deployed.filter(({ isProtected, status }) => isProtected && status !== 'ROLLBACK_COMPLETE');
  if (kept.length > 0) {
    const names = kept.map(({ name }) => name).join(', ');
    throw new Error(
      `These stacks are protected, because they were deployed with data: 'keep': ${names}. Nothing was deleted; deploy the configuration as it is now, then destroy`,
    );
  }
  const busy = deployed.filter(
    ({ status }) => status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS',
  );
  if (busy.length > 0) {
    const names = busy.map(({ name, status }) => `${name} (${status})`).join(', ');
    throw new Error(
      `CloudFormation is at work on ${names}: nothing was deleted; try again when it has ended`,
    );
  }
}

/** Asks on the terminal, or reads the answer from what standard input is. */
async function isConfirmed(
  { name, account, region }: Config,
  deployed: readonly DeployedStack[],
): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = once(lines, 'close').then(() => '');
  const stacks = deployed.length === 0 ? 'no stack' : deployed.map((stack) => stack.name).join(', ');
  const question = `This deletes ${name} in account ${account}, ${region}, with all its data: ${stacks}.\nGo on (y/n)? `;
  const answer = await Promise.race([lines.question(question), closed]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
