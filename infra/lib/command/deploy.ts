import { cdk } from './cdk.ts';
import { deleteStacks, deployedStacks, leftoverStacks, unprotectRolledBack } from './deployed-stacks.ts';
import { ownConfig } from './own-config.ts';

/**
 * Deploys a configuration: deletes the stacks that it no longer has, then creates or updates the others.
 *
 * @param args names of stacks, if not all are meant, then options of `cdk deploy`
 * @returns the exit code of the CDK
 */
export async function deploy(name: string, args: string[]): Promise<number> {
  const config = await ownConfig(name);
  const deployed = deployedStacks(config);
  if (!namesStacks(args)) deleteStacks(config, leftoverStacks(config, deployed));
  unprotectRolledBack(config, deployed);
  // An option that is given twice stops the CDK.
  const isApprovalGiven = args.some(
    (arg) => arg === '--require-approval' || arg.startsWith('--require-approval='),
  );
  return cdk('deploy', name, [
    ...(namesStacks(args) ? [] : ['--all']),
    ...(isApprovalGiven ? [] : ['--require-approval=broadening']),
    ...args,
  ]);
}

/** Shows what {@link deploy} would change. @param args as of `cdk diff` */
export async function diff(name: string, args: string[]): Promise<number> {
  const config = await ownConfig(name);
  for (const { name: stack } of leftoverStacks(config, deployedStacks(config))) {
    process.stdout.write(`${stack} is not in the configuration any more: deploy deletes it\n`);
  }
  return cdk('diff', name, args);
}

const namesStacks = ([first = '-']: string[]) => !first.startsWith('-');
