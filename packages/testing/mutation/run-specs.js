// What Stryker runs in its copy of the repository: first without a mutant, then once for each.

import { run } from 'jest';
import { specsThatReach } from './coverage.js';

const CONFIG = new URL('jest.config.js', import.meta.url).pathname;

const all = JSON.parse(process.env.MUTATION_SPECS ?? '[]');
const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
const specs = mutant === undefined ? all : specsThatReach(all, mutant);
process.env.MUTATION_SPECS = JSON.stringify(specs);
if (specs.length > 0) await run(['--config', CONFIG, '--runInBand', '--bail', '--forceExit']);
