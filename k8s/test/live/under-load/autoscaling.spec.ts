import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import { hasCluster } from '../../support/cluster.ts';
import { usersUrl } from '../support/access.ts';
import { applyAndWait, objectsOf } from '../support/deploy.ts';
import { startLoad } from '../support/load.ts';
import { Namespace } from '../support/namespace.ts';

/** The overlay local with the component hpa. */
const WITH_HPA = {
  components: ['nodeport', 'mysql', 'db-secret', 'local-mailbox', 'auth-none', 'hpa', 'namespace'],
  settings: ['images', 'db-password', 'mysql-root-password'],
};
/** Of them a tenth are expensive sign-ups; idle pods need some 10m of CPU, half of their request is 50m. */
const REQUESTS_PER_SECOND = 80;
/** metrics-server measures every 15 s, the autoscaler looks every 15 s. */
const OUT_MS = 120_000;
const IN_MS = 180_000;

(hasCluster ? describe : describe.skip)('the HorizontalPodAutoscaler', () => {
  let namespace: Namespace;
  const replicas = (): number =>
    Number(
      namespace.run('kubectl get deployment/usermgmt-microservice --output jsonpath={.status.readyReplicas}'),
    );

  beforeAll(() => {
    namespace = new Namespace('under-load');
    const objects = objectsOf(WITH_HPA, namespace);
    const [autoscaler] = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    // The course's behaviour waits for 5 minutes, and a laptop has no room for 10 pods.
    autoscaler!.spec.behavior.scaleDown.stabilizationWindowSeconds = 15;
    autoscaler!.spec.maxReplicas = 4;
    applyAndWait(namespace, objects);
  }, 400_000);
  afterAll(() => {
    namespace.run('kubectl delete horizontalpodautoscaler/usermgmt-microservice');
  });

  it(
    'scales out under load and in without, and loses no request',
    async () => {
      await waitFor(
        'a measurement',
        () =>
          Promise.resolve(
            /^\d/.test(
              namespace.run(
                'kubectl get horizontalpodautoscaler/usermgmt-microservice --output jsonpath={.status.currentMetrics[0].resource.current.averageUtilization}',
              ),
            ),
          ),
        OUT_MS,
        1_000,
      );
      expect(replicas()).toBe(2);
      const load = await startLoad(await usersUrl(namespace), REQUESTS_PER_SECOND);
      await waitFor('more pods', () => Promise.resolve(replicas() > 2), OUT_MS, 1_000);
      const { phases } = await load.stop();
      await waitFor('as few pods as before', () => Promise.resolve(replicas() === 2), IN_MS, 1_000);
      expect(phases.map(({ failures }) => failures)).toEqual([{}]);
    },
    OUT_MS * 2 + IN_MS,
  );
});
