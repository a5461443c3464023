import { dump } from 'js-yaml';
import { Failure } from '../failure.mjs';
import { bold, say } from '../terminal.mjs';
import { showAddresses } from './addresses.mjs';
import { build, parse } from './build.mjs';
import { ask, kubectl } from './kubectl.mjs';
import { waitForRollout } from './rollout.mjs';
import { refuseUnset } from './settings.mjs';
import { smoke } from './smoke.mjs';

/** @import { Manifest } from './build.mjs' */

/**
 * Applies an overlay, waits until it runs, tells its addresses and tries it out. Safe to repeat.
 *
 * @param {string} overlay path from the root of the repository
 */
export async function applyOverlay(overlay) {
  refuseUnset(overlay);
  const yaml = await build(overlay);
  const manifests = parse(yaml);
  say(`${bold(overlay)} to the context ${await currentContext()}`);
  await removeOutdatedJobs(manifests);
  const code = await kubectl(['apply', '-f', '-'], yaml);
  if (code !== 0) return code;
  await waitForRollout(manifests);
  await showAddresses(manifests);
  await smoke(manifests);
  return 0;
}

async function currentContext() {
  const { code, output } = await ask(['config', 'current-context']);
  if (code !== 0) throw new Failure('kubectl has no current context: kubectl config get-contexts');
  return bold(output.trim());
}

/**
 * A Job cannot be changed, and one that has failed is not tried again: both are made anew.
 *
 * @param {Manifest[]} manifests
 */
async function removeOutdatedJobs(manifests) {
  for (const job of manifests.filter(({ kind }) => kind === 'Job')) {
    const place = ['--namespace', job.metadata.namespace ?? 'default'];
    const failed = await ask([
      ...['get', 'job', job.metadata.name, ...place],
      ...['--output', 'jsonpath={.status.conditions[?(@.type=="Failed")].status}'],
    ]);
    const change = await ask(['apply', '--dry-run=server', '-f', '-'], dump(job));
    if (failed.output !== 'True' && !change.errors.includes('field is immutable')) continue;
    await kubectl(['delete', 'job', job.metadata.name, ...place, '--wait']);
  }
}
