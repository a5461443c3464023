import { configurations } from '../config/load-config.ts';
import { doctor } from '../doctor/doctor.ts';
import { deploy, diff } from './deploy.ts';
import { destroy } from './destroy.ts';
import { synth } from './synth.ts';

const USAGE = `npm run infra -- synth [CONFIGURATION …]          makes and checks the templates; of all, if none is named
npm run infra -- diff CONFIGURATION [STACK …]     what a deployment would change
npm run infra -- doctor CONFIGURATION             asks the account whether it can be deployed; changes nothing
npm run infra -- deploy CONFIGURATION [STACK …]   makes it so, after the doctor; asks before rights become wider
npm run infra -- destroy CONFIGURATION            deletes it, load balancers and left log groups too; asks first

Without a name of a stack all are meant. Options behind it are passed on to the CDK: unattended,
--require-approval=never. deploy takes --skip-doctor; destroy takes --force (does not ask) and --skip-load-balancers (does not look into the cluster).

Configurations: ${configurations().join(', ')}, or the path of a file like those in infra/config`;

const VERBS = { diff, deploy: deployIfSound, destroy };
/** For `deploy` only, and not for the CDK. */
const SKIP_DOCTOR = '--skip-doctor';

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
      case 'doctor':
        if (args[0] !== undefined && args.length === 1) return await doctor(args[0]);
        break;
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

async function deployIfSound(name: string, args: string[]): Promise<number> {
  const others = args.filter((arg) => arg !== SKIP_DOCTOR);
  if (others.length === args.length && (await doctor(name)) !== 0) {
    throw new Error(`Not deployed. Do what the doctor says, or repeat it with ${SKIP_DOCTOR}`);
  }
  return deploy(name, others);
}
