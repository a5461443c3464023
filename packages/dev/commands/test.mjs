import { build } from '../lib/build.mjs';
import { hasDocker } from '../lib/docker.mjs';
import { withEarlierTests } from '../lib/earlier-tests.mjs';
import { ensureInfraInstalled, ensureInstalled } from '../lib/install.mjs';
import { takeOverSignals } from '../lib/interruption.mjs';
import { runJest } from '../lib/jest.mjs';
import { findServiceNode } from '../lib/service-node.mjs';
import { printStages, stage } from '../lib/stages.mjs';
import { table } from '../lib/table.mjs';
import { red, say } from '../lib/terminal.mjs';

const SKIPPED =
  '!!! SKIPPED: the repository contract on MySQL, the adoption of the Java database and the compose tests: Docker with compose does not answer';
const NO_CLUSTER =
  '!!! SKIPPED: what a Kubernetes cluster says: set TEST_CLUSTER=1 if the current context of kubectl is one for tests';
const SLOWEST = 15;

/**
 * `npm test`: every test there is, once; the last line says how many.
 *
 * @param {string[]} args passed on to Jest
 */
export default async function test(args) {
  const signal = takeOverSignals();
  await stage('packages', async () => {
    await ensureInstalled(signal);
    await ensureInfraInstalled(signal);
  });
  await stage('build', () => build({ signal }));
  const node = await findServiceNode();
  const docker = await hasDocker();
  const env = { ...process.env, TEST_DOCKER: docker ? '1' : undefined };
  const cluster = process.env.TEST_CLUSTER === '1';
  const sayWhatIsSkipped = () => {
    if (!docker) say(red(SKIPPED));
    if (!cluster) say(red(NO_CLUSTER));
  };
  sayWhatIsSkipped();

  const { code, counts, seconds } = await stage('tests', () => runJest(node, args, env, signal));
  const nothingRan = counts.passed + counts.failed === 0;
  if (nothingRan) say(red('no test ran'));
  for (const line of table(`the ${SLOWEST} slowest suites`, seconds.slice(0, SLOWEST))) say(line);
  printStages();
  say();
  sayWhatIsSkipped();
  const { passed, failed, skipped } = withEarlierTests(counts);
  say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return code !== 0 || counts.failed > 0 || nothingRan ? code || 1 : 0;
}
