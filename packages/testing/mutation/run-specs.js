// What Stryker runs in its copy of the repository: first without a mutant, then once for each.

import { specsThatReach } from './coverage.js';
import { isTried } from './sample.js';

const CONFIG = new URL('jest.config.js', import.meta.url).pathname;

const all = JSON.parse(process.env.MUTATION_SPECS ?? '[]');
const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
const specs = mutant === undefined ? all : isTried(mutant) ? specsThatReach(all, mutant) : [];
process.env.MUTATION_SPECS = JSON.stringify(specs);
if (specs.length > 0) {
  const { run } = await import('jest');
  await run(['--config', CONFIG, '--runInBand', '--bail', '--forceExit']);
}
