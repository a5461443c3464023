import { Failure } from '../failure.mjs';
import { kubectl } from './kubectl.mjs';
import { nameOf, placeOf } from './manifests.mjs';

/** @import { Manifest } from './manifests.mjs' */

/** Longer than the Deployments' progressDeadlineSeconds, which then give the reason. */
const TIMEOUT = '--timeout=300s';
/** The database first, then the migration, then what waits for it. */
const ORDER = ['StatefulSet', 'Job', 'DaemonSet', 'Deployment'];

/**
 * Waits until every workload is there, and shows kubectl's progress.
 *
 * @param {Manifest[]} manifests
 * @throws {Failure} naming the first that is not
 */
export async function waitForRollout(manifests) {
  for (const kind of ORDER) {
    for (const manifest of manifests.filter((one) => one.kind === kind)) {
      const workload = nameOf(manifest);
      const place = placeOf(manifest);
      const wait =
        kind === 'Job' ? ['wait', workload, '--for=condition=complete'] : ['rollout', 'status', workload];
      if ((await kubectl([...wait, ...place, TIMEOUT])) === 0) continue;
      await kubectl(['get', 'pods', ...place]);
      await kubectl(['logs', workload, ...place, '--all-containers', '--tail=20']);
      throw new Failure(explain(workload, kind, place.join(' ')));
    }
  }
}

/** @param {string} workload @param {string} kind @param {string} place */
function explain(workload, kind, place) {
  const undo =
    kind === 'Deployment' ? `; back to the version before: kubectl rollout undo ${workload} ${place}` : '';
  return `${workload} did not come up: kubectl describe ${workload} ${place}${undo}`;
}
