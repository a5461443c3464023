import { build, turbo } from '../lib/build.mjs';
import { chooseStages } from '../lib/chosen-stages.mjs';
import { Failure } from '../lib/failure.mjs';
import { ensureInfraInstalled, ensureInstalled } from '../lib/install.mjs';
import { fromRoot } from '../lib/paths.mjs';
import { runToEnd } from '../lib/run-to-end.mjs';
import { findServiceNode } from '../lib/service-node.mjs';
import { stage } from '../lib/stages.mjs';
import { bold, green, red, say, secondsSince } from '../lib/terminal.mjs';
import test from './test.mjs';

/** The stages before the tests: a script of node_modules and its arguments. */
const TOOLS = {
  formatting: ['prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  lint: ['eslint/bin/eslint.js', '--max-warnings=0', '.'],
  types: undefined,
  'infra-types': ['typescript/bin/tsc', '-p', 'infra'],
  dependencies: [
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config=.dependency-cruiser.cjs',
    'services',
    'packages',
    'infra',
  ],
};

/** Two at once, each on a core; the lint takes as long as all the others. */
const LANES = [['lint'], Object.keys(TOOLS).filter((name) => name !== 'lint')];

const TESTS = 'tests';

/**
 * `npm run check`: all that must be well before a change is merged. No test is run if something else is not.
 *
 * @param {string[]} args `--only STAGE[,STAGE…]` runs these stages; other arguments are passed on to Jest
 */
export default async function check(args) {
  const { stages, rest } = chooseStages(args, [...Object.keys(TOOLS), TESTS]);
  await stage('packages', async () => {
    await ensureInstalled();
    await ensureInfraInstalled();
  });
  // ESLint looks up the types of the packages where their builds are.
  await stage('build', () => build());
  const node = await findServiceNode();
  const chosen = LANES.map((lane) => lane.filter((name) => stages.includes(name)));
  const failures = await stage('all before the tests', async () => {
    const failed = await Promise.all(chosen.map((lane) => runLane(node, lane)));
    return failed.filter((failure) => failure !== undefined);
  });
  if (failures.length > 0) {
    const names = failures.map(({ name }) => bold(name)).join(' and ');
    throw new Failure(
      `${red('failed')} ${names}; npm run fix repairs what a tool can repair`,
      failures.map(({ output }) => output.trimEnd()),
    );
  }
  return stages.includes(TESTS) ? test(rest) : 0;
}

/**
 * @param {string} node
 * @param {readonly string[]} names
 * @returns {Promise<{ name: string, output: string } | undefined>} the first that fails
 */
async function runLane(node, names) {
  for (const name of /** @type {(keyof typeof TOOLS)[]} */ (names)) {
    const begun = performance.now();
    const tool = TOOLS[name];
    const { code, output } = await (tool ? runTool(node, tool) : turbo('typecheck'));
    if (code !== 0) return { name, output };
    say(`${green('ok')} ${bold(name)} (${secondsSince(begun)} s)`);
  }
  return undefined;
}

/** @param {string} node @param {string[]} tool */
function runTool(node, [script = '', ...args]) {
  return runToEnd(node, [fromRoot('node_modules', script), ...args]);
}
