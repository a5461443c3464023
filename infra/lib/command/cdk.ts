import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { synth } from './synth.ts';

const CDK = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url));

/**
 * Runs the CDK's command line on the templates of a configuration, which it makes first.
 *
 * @param name of a configuration, as loadConfig takes it
 * @param args passed on: names of stacks, then options
 * @returns its exit code
 */
export async function cdk(
  verb: 'diff' | 'deploy' | 'destroy',
  name: string,
  args: string[],
): Promise<number> {
  const folder = await synth(name);
  const command = [CDK, verb, `--app=${folder}`, ...args];
  return spawnSync(process.execPath, command, { stdio: 'inherit' }).status ?? 1;
}
