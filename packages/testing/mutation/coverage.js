import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = () => process.env.MUTATION_COVERAGE ?? '';

/**
 * @param {string} spec its path from the root
 * @returns {string} the file that lists the mutants that the spec reaches; its folder exists
 */
export function coverageFileOf(spec) {
  mkdirSync(folder(), { recursive: true });
  return join(folder(), `${spec.replaceAll(/[/\\]/g, '_')}.json`);
}

/**
 * @param {readonly string[]} specs
 * @param {string} mutant
 * @returns {string[]} those of the specs that run the code of the mutant
 */
export const specsThatReach = (specs, mutant) =>
  specs.filter((spec) => JSON.parse(readFileSync(coverageFileOf(spec), 'utf8')).includes(mutant));
