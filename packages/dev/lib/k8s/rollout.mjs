import { Failure } from '../failure.mjs';
import { kubectl } from './kubectl.mjs';
import { nameOf, placeOf } from './manifests.mjs';

/** @import { Manifest } from './manifests.mjs' */

/** For what has no deadline of its own. */
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
      if ((await kubectl([...waitFor(workload, kind), ...place])) === 0) continue;
      await kubectl(['get', 'pods', ...place]);
      await kubectl(['logs', workload, ...place, '--all-containers', '--tail=20']);
      throw new Failure(explain(workload, kind, place.join(' ')));
    }
  }
}

/**
 * How kubectl waits for a workload. For a Deployment without a limit: its progressDeadlineSeconds ends the wait when no
 * pod has become ready for so long. A limit for the whole rollout would have to grow with the number of pods: behind a
 * load balancer with readiness gates each takes a minute, and an autoscaler changes how many there are.
 *
 * @param {string} workload
 * @param {string} kind
 */
function waitFor(workload, kind) {
  if (kind === 'Job') return ['wait', workload, '--for=condition=complete', TIMEOUT];
  return ['rollout', 'status', workload, ...(kind === 'Deployment' ? [] : [TIMEOUT])];
}

/** @param {string} workload @param {string} kind @param {string} place */
function explain(workload, kind, place) {
  const undo =
    kind === 'Deployment' ? `; back to the version before: kubectl rollout undo ${workload} ${place}` : '';
  return `${workload} did not come up: kubectl describe ${workload} ${place}${undo}`;
}
