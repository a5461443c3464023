import type { Config } from '../config/config.ts';
import { STACKS, hasStack, stackName, type StackId } from '../stacks.ts';
import { aws } from './aws.ts';

/** A stack of a configuration that exists in the account. */
export interface DeployedStack {
  id: StackId;
  name: string;
  /** As CloudFormation calls it, e.g. `UPDATE_COMPLETE`. */
  status: string;
  isProtected: boolean;
}

/** The stacks of a configuration that exist, in the order of their deployment. */
export function deployedStacks(config: Config): DeployedStack[] {
  const { Stacks } = aws(config.region, 'cloudformation', 'describe-stacks') as {
    Stacks: { StackName: string; StackStatus: string; EnableTerminationProtection?: boolean }[];
  };
  return STACKS.flatMap((id) => {
    const name = stackName(config, id);
    const found = Stacks.find(({ StackName }) => StackName === name);
    if (found === undefined) return [];
    return [{ id, name, status: found.StackStatus, isProtected: found.EnableTerminationProtection === true }];
  });
}

/** Those of them that the configuration no longer has, because `dns` or `pipeline` was taken out of it. */
export function leftoverStacks(config: Config, deployed: readonly DeployedStack[]): DeployedStack[] {
  return deployed.filter(({ id }) => !hasStack(config, id));
}

/**
 * Deletes stacks that the configuration no longer has: CloudFormation would refuse to update or delete what they use.
 *
 * @throws {Error} before anything is deleted, if one of them is protected
 */
export function deleteStacks({ region }: Config, stacks: readonly DeployedStack[]): void {
  const kept = stacks.filter(({ isProtected }) => isProtected);
  if (kept.length > 0) {
    const commands = kept.map(
      ({ name }) =>
        `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
    );
    throw new Error(
      [
        'These stacks are not in the configuration any more, and protected; to have them deleted, run',
        ...commands,
      ].join('\n  '),
    );
  }
  for (const { name } of stacks.toReversed()) {
    process.stdout.write(`deleting ${name}, which is not in the configuration any more\n`);
    aws(region, 'cloudformation', 'delete-stack', '--stack-name', name);
    aws(region, 'cloudformation', 'wait', 'stack-delete-complete', '--stack-name', name);
  }
}

/**
 * Takes the protection from stacks whose creation was rolled back. Nothing is in them, and CloudFormation can only
 * delete them, which the CDK does before it creates them again.
 */
export function unprotectRolledBack({ region }: Config, stacks: readonly DeployedStack[]): void {
  for (const { name, status, isProtected } of stacks) {
    if (status !== 'ROLLBACK_COMPLETE' || !isProtected) continue;
    process.stdout.write(`${name} was rolled back when it was created, and is created anew\n`);
    // prettier-ignore
    aws(region, 'cloudformation', 'update-termination-protection', '--no-enable-termination-protection', '--stack-name', name);
  }
}
