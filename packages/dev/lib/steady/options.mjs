import { Failure } from '../failure.mjs';

const RUNS = 5;

export const USAGE = `npm run test:steady -- [options] [Jest's arguments]

Runs the tests without Docker and cluster several times, with two busy loops and a disk writer beside them, and prints
which tests ever failed. Ends with 1 if one did.

  --runs=N    number of runs (${RUNS})
  --docker    also the tests with Docker and, with TEST_CLUSTER=1, of the cluster
  --help      prints this text

Examples:
  npm run test:steady
  npm run test:steady -- --runs=2 --selectProjects notification
  npm run test:steady -- --runs=20 --testPathPatterns outbox-relay`;

/** @typedef {{ help: boolean, docker: boolean, runs: number, jest: string[] }} Options */

/**
 * @param {string[]} args
 * @returns {Options} `jest`: the arguments that are not ours
 * @throws Failure when the number of runs is none
 */
export function readOptions(args) {
  /** @type {Options} */
  const options = { help: false, docker: false, runs: RUNS, jest: [] };
  for (const arg of args) {
    if (arg === '--help') options.help = true;
    else if (arg === '--docker') options.docker = true;
    else if (arg.startsWith('--runs')) options.runs = readRuns(arg);
    else options.jest.push(arg);
  }
  return options;
}

/** @param {string} arg */
function readRuns(arg) {
  const [, digits = ''] = /^--runs=([1-9]\d{0,2})$/.exec(arg) ?? [];
  if (digits === '') throw new Failure(`${arg}: must be --runs=N, with N from 1 to 999\n\n${USAGE}`);
  return Number(digits);
}
