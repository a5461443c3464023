import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { placeholdersIn } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { deleteLoadBalancers } from './load-balancers.ts';
import { synth } from './synth.ts';

const CDK = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url));

const OPTIONS = {
  diff: [],
  deploy: ['--require-approval=broadening'],
  destroy: [],
};

/**
 * Runs the CDK's command line on the templates of a configuration.
 *
 * @param name of a configuration, as loadConfig takes it
 * @param args passed on: names of stacks, if not all are meant, then options
 * @returns its exit code
 * @throws {Error} if the configuration still says what must be replaced
 */
export async function cdk(verb: keyof typeof OPTIONS, name: string, args: string[]): Promise<number> {
  const config = await loadConfig(name);
  const placeholders = placeholdersIn(config);
  if (placeholders.length > 0) {
    throw new Error(`Replace these in ${name} first: ${placeholders.join(', ')}`);
  }
  if (verb === 'destroy' && namesStacks(args)) {
    throw new Error('destroy deletes all stacks, in their order; CloudFormation deletes one of them');
  }
  if (verb === 'destroy') deleteLoadBalancers(config.cluster.name, config.region);
  const folder = await synth(name);
  const all = verb !== 'diff' && !namesStacks(args) ? ['--all'] : [];
  const command = [CDK, verb, `--app=${folder}`, ...all, ...OPTIONS[verb], ...args];
  return spawnSync(process.execPath, command, { stdio: 'inherit' }).status ?? 1;
}

const namesStacks = ([first = '-']: string[]) => !first.startsWith('-');
