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

/** The stages before the tests, the fast ones first: a script of node_modules and its arguments. */
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

const TESTS = 'tests';

/**
 * `npm run check`: all that must be well before a change is merged; stops at the first stage that is not.
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
  for (const [name, tool] of Object.entries(TOOLS)) {
    if (!stages.includes(name)) continue;
    const begun = performance.now();
    const { code, output } = await stage(name, () => (tool ? runTool(node, tool) : turbo('typecheck')));
    const line = `${bold(name)} (${secondsSince(begun)} s)`;
    if (code !== 0) {
      throw new Failure(`${red('failed')} ${line}; npm run fix repairs what a tool can repair`, [
        output.trimEnd(),
      ]);
    }
    say(`${green('ok')} ${line}`);
  }
  return stages.includes(TESTS) ? test(rest) : 0;
}

/** @param {string} node @param {string[]} tool */
function runTool(node, [script = '', ...args]) {
  return runToEnd(node, [fromRoot('node_modules', script), ...args]);
}
