import { configurations } from '../config/load-config.ts';
import { deploy, diff } from './deploy.ts';
import { destroy } from './destroy.ts';
import { synth } from './synth.ts';

const USAGE = `npm run infra -- synth [CONFIGURATION …]          makes and checks the templates; of all, if none is named
npm run infra -- diff CONFIGURATION [STACK …]     what a deployment would change
npm run infra -- deploy CONFIGURATION [STACK …]   makes it so; asks before rights become wider
npm run infra -- destroy CONFIGURATION            deletes it, load balancers and left log groups too; asks first

Without a name of a stack all are meant. Options behind it are passed on to the CDK: unattended,
--require-approval=never. destroy takes --force (does not ask) and --skip-load-balancers (does not look into the cluster).

Configurations: ${configurations().join(', ')}, or the path of a file like those in infra/config`;

const VERBS = { diff, deploy, destroy };

/**
 * The command `npm run infra`.
 *
 * @param args of the command line
 * @returns its exit code: 2 if the command line is wrong, 1 if the work failed
 */
export async function infra([verb, ...args]: string[]): Promise<number> {
  try {
    switch (verb) {
      case 'synth':
        for (const name of args.length > 0 ? args : configurations()) {
          process.stdout.write(`${name}: ${await synth(name)}\n`);
        }
        return 0;
      case 'diff':
      case 'deploy':
      case 'destroy':
        if (args[0] !== undefined) return await VERBS[verb](args[0], args.slice(1));
        break;
      case '--help':
        process.stdout.write(`${USAGE}\n`);
        return 0;
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`${USAGE}\n`);
  return 2;
}
