import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser, send } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { hasCluster } from '../support/cluster.ts';
import { usersUrl } from './support/access.ts';
import { deploy } from './support/deploy.ts';
import { Namespace } from './support/namespace.ts';

/** More than the failures after which the kubelet restarts a container: 3, 10 s apart. */
const LIVENESS_PROBES = 4;

(hasCluster ? describe : describe.skip)('without MySQL', () => {
  let namespace: Namespace;
  let users: string;
  const user = newUser();
  const pods = () => namespace.get('pods --selector app=usermgmt-restapp');
  /** How many requests for health/live a pod has answered; there are no others than those of the kubelet. */
  const livenessProbes = (pod: string): number => {
    const script = "fetch('http://127.0.0.1:9095/metrics').then((r)=>r.text()).then((t)=>console.log(t))";
    const metrics = namespace.run(`kubectl exec ${pod} -- node -e ${script.replaceAll(' ', '')}`);
    const counts = metrics.matchAll(/^http_request_duration_seconds_count\{.*health\/live.*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const statusOf = async (path: string): Promise<number> => (await fetch(`${users}/${path}`)).status;

  beforeAll(async () => {
    namespace = new Namespace('database-outage');
    deploy(namespace, 'local');
    users = await usersUrl(namespace);
    expect((await send('POST', `${users}/user`, user)).status).toBe(201);
  }, 400_000);
  afterAll(() => {
    namespace.delete();
  });

  it('keeps the data when the pod of MySQL is deleted', async () => {
    const [before] = namespace.get('pods --selector app=mysql');
    namespace.run('kubectl delete pod mysql-0');
    namespace.run('kubectl rollout status statefulset/mysql --timeout=120s');
    const [after] = namespace.get('pods --selector app=mysql');
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
    const found = await waitFor('an answer', async () => {
      const response = await fetch(`${users}/user/${user.username}`);
      return response.ok && (await response.json());
    });
    expect(found).toMatchObject({ username: user.username, email: user.email });
  }, 180_000);

  it('goes on living: ready where it was, not ready where it is new, restarted nowhere', async () => {
    namespace.run('kubectl scale statefulset/mysql --replicas=0');
    namespace.run('kubectl wait pod/mysql-0 --for=delete --timeout=90s');
    const [gone, stays] = pods().map(({ metadata }) => metadata.name);
    namespace.run(`kubectl delete pod ${gone} --wait=false`);
    // Every pod that is to stay has been probed often enough to be restarted, if it failed.
    const probed = new Map<string, number>();
    const isProbed = (pod: string): boolean => {
      const count = livenessProbes(pod);
      if (!probed.has(pod)) probed.set(pod, count);
      return count >= probed.get(pod)! + LIVENESS_PROBES;
    };
    const staying = () =>
      pods()
        .map(({ metadata }) => metadata.name)
        .filter((name) => name !== gone);
    await waitFor(
      'the liveness probes',
      () => Promise.resolve(staying().length === 2 && staying().map(isProbed).every(Boolean)),
      180_000,
      1_000,
    );

    const response = await fetch(`${users}/user/${user.username}`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await statusOf('health/ready')).toBe(200);
    const seen = pods().filter(({ metadata }) => metadata.name !== gone);
    const states = seen.map(
      ({
        metadata,
        status: {
          containerStatuses: [container],
        },
      }) => ({
        isNew: metadata.name !== stays,
        isReady: container.ready,
        runs: 'running' in container.state,
        restarts: container.restartCount,
      }),
    );
    expect(states).toHaveLength(2);
    expect(states).toContainEqual({ isNew: false, isReady: true, runs: true, restarts: 0 });
    expect(states).toContainEqual({ isNew: true, isReady: false, runs: true, restarts: 0 });

    namespace.run('kubectl scale statefulset/mysql --replicas=1');
    namespace.run('kubectl rollout status statefulset/mysql --timeout=120s');
    namespace.run('kubectl rollout status deployment/usermgmt-microservice --timeout=120s');
    namespace.run(`kubectl wait pod/${gone} --for=delete --timeout=90s`);
    expect(await statusOf(`user/${user.username}`)).toBe(200);
    expect(pods().map(({ status }) => status.containerStatuses[0].restartCount)).toEqual([0, 0]);
  }, 400_000);
});
