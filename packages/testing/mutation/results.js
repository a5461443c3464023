import { appendFileSync, readFileSync } from 'node:fs';
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { specsThatReach } from './coverage.js';
import { isTried } from './sample.js';

/** @typedef {{ line: number, column: number }} Position both from 1 */

/** @param {string} mutant @param {string} status of Stryker */
function statusOf(mutant, status) {
  if (status !== 'Survived') return status;
  if (!isTried(mutant)) return 'NotTried';
  const specs = JSON.parse(process.env.MUTATION_SPECS ?? '[]');
  return specsThatReach(specs, mutant).length === 0 ? 'NoCoverage' : status;
}

/** @param {string} file @param {{ start: Position, end: Position }} location @returns {string} the code there */
function originalAt(file, { start, end }) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  return lines.join('\n').slice(start.column - 1);
}

/** Adds a line of JSON to MUTATION_RESULTS for each mutant, so that what was found stays when the run is ended. */
const results = {
  onMutantTested({ id, fileName, location, mutatorName, replacement, status }) {
    const result = {
      file: fileName,
      line: location.start.line,
      mutator: mutatorName,
      original: originalAt(fileName, location),
      replacement,
      status: statusOf(id, status),
    };
    appendFileSync(process.env.MUTATION_RESULTS ?? '', `${JSON.stringify(result)}\n`);
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Reporter, 'results', results)];
