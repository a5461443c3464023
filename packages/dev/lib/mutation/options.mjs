import { Failure } from '../failure.mjs';

const MINUTES = 120;

/** @param {readonly string[]} areas */
export const usage = (areas) => `npm run test:mutation -- [options] [area…]

Changes the critical code in one place at a time (StrykerJS) and prints which changes no test notices, and the score of
each area. Ends with 1 if an area could not be finished. A change is tested by the specs of its area only:
packages/testing/mutation/areas.js lists files and specs.

Areas: ${areas.join(', ')} (all of them without a name)

  --concurrency=N   mutants at the same time (1)
  --every=N         only every Nth mutant; 1: all of them (what areas.js says of the area)
  --files=A[,B…]    only these files of the areas, or lines of one: A:10-20
  --minutes=N       ends after so many minutes, without the areas that are not finished (${MINUTES})
  --help            prints this text

Examples:
  npm run test:mutation
  npm run test:mutation -- --concurrency=2 tokens user-key
  npm run test:mutation -- --files=services/user-management/src/users/user-key.ts:50-60 user-key`;

/** @typedef {{ help: boolean, concurrency: number, minutes: number, every?: number, files: string[], areas: string[] }} Options */

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} areas all of them
 * @returns {Options} `files`: empty for all
 * @throws Failure for an option or an area that does not exist
 */
export function readOptions(args, areas) {
  /** @type {Options} */
  const options = { help: false, concurrency: 1, minutes: MINUTES, files: [], areas: [] };
  for (const arg of args) {
    const [, name, value = ''] = /^--([a-z]+)=(.+)$/.exec(arg) ?? [];
    if (arg === '--help') options.help = true;
    else if (name === 'concurrency' || name === 'minutes' || name === 'every')
      options[name] = numberOf(arg, value, areas);
    else if (name === 'files') options.files = value.split(',');
    else if (areas.includes(arg)) options.areas.push(arg);
    else throw new Failure(`${arg}: no such option or area\n\n${usage(areas)}`);
  }
  if (options.areas.length === 0) options.areas = [...areas];
  return options;
}

/** @param {string} arg @param {string} value @param {readonly string[]} areas */
function numberOf(arg, value, areas) {
  if (!/^[1-9]\d{0,3}$/.test(value))
    throw new Failure(`${arg}: must be a number from 1 to 9999\n\n${usage(areas)}`);
  return Number(value);
}
