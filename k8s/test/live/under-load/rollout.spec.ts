import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import { hasCluster } from '../../support/cluster.ts';
import { addressesBehind, type Forwarded, forward, usersUrl } from '../support/access.ts';
import { deploy } from '../support/deploy.ts';
import { type Load, startLoad } from '../support/load.ts';
import { allMailed } from '../support/mails.ts';
import { Namespace } from '../support/namespace.ts';

/** The long form loads for 4 minutes at least, the short one as long as the commands take. */
const [LOAD_MS, REQUESTS] = process.env.TEST_LONG === '1' ? [240_000, 5_000] : [0, 2_000];
/** How long a state must last that should not change, in seconds. */
const STILL_S = process.env.TEST_LONG === '1' ? 20 : 5;
const USERS = 'deployment/usermgmt-microservice';
const NOTIFICATION = 'deployment/notification-microservice';

(hasCluster ? describe : describe.skip)('a rollout under load', () => {
  let namespace: Namespace;
  let users: string;
  let mailbox: Forwarded;
  let load: Load;
  let begun: number;

  const run = (command: string): string => namespace.run(command);
  const pods = (app: string) =>
    namespace.get(`pods --selector app=${app} --field-selector status.phase=Running`);
  const namesOfPods = (): string[] => namespace.get('pods').map(({ metadata }) => metadata.name);
  const rolledOut = (): void => {
    for (const deployment of [USERS, NOTIFICATION])
      run(`kubectl rollout status ${deployment} --timeout=180s`);
  };
  /** The versions of both services in 20 answers, each on a connection of its own. */
  const versions = async (): Promise<Set<string>> => {
    const seen = new Set<string>();
    for (const path of ['hello-bean', 'notification-xray']) {
      for (let index = 0; index < 20; index += 1) {
        const response = await fetch(`${users}/${path}`, { headers: { connection: 'close' } });
        seen.add(`${path} ${((await response.json()) as { appversion: string }).appversion}`);
      }
    }
    return seen;
  };
  /** Pods that are being ended serve on until every node has heard of it: a moment after the rollout. */
  const showsOnly = (version: string): Promise<unknown> =>
    waitFor(
      `nothing but ${version}`,
      async () => [...(await versions())].join() === `hello-bean ${version},notification-xray ${version}`,
      10_000,
    );
  const addressesInTraffic = (): string[] => addressesBehind(namespace, 'usermgmt-restapp-nodeport-service');
  /** The Service hears of pods a moment after the Deployment. */
  const waitForInTraffic = (what: string, holds: (addresses: string[]) => boolean): Promise<unknown> =>
    waitFor(`${what} in traffic`, () => Promise.resolve(holds(addressesInTraffic())));
  const waitForPodsInTraffic = (count: number): Promise<unknown> =>
    waitForInTraffic(`${count} pods`, (addresses) => addresses.length === count);

  beforeAll(async () => {
    namespace = new Namespace('under-load');
    deploy(namespace, 'local');
    users = await usersUrl(namespace);
    mailbox = await forward(namespace, 'deployment/local-mailbox', 8005);
    load = await startLoad(users);
    begun = Date.now();
  }, 400_000);
  afterAll(async () => {
    await mailbox.stop();
  });

  it('shows V2 after set image', async () => {
    await showsOnly('V1');
    load.begin('set image');
    run(`kubectl set image ${USERS} usermgmt-restapp=usermgmt/user-management:V2`);
    run(`kubectl set image ${NOTIFICATION} notification-service=usermgmt/notification:V2`);
    rolledOut();
    await showsOnly('V2');
  }, 300_000);

  it('shows V1 after undo, and both in the history', async () => {
    load.begin('undo');
    run(`kubectl rollout undo ${USERS}`);
    run(`kubectl rollout undo ${NOTIFICATION}`);
    rolledOut();
    await showsOnly('V1');
    const revisions = run(`kubectl rollout history ${USERS}`).match(/^\d+/gm);
    const latest = Number(revisions?.at(-1));
    expect(run(`kubectl rollout history ${USERS} --revision=${latest}`)).toContain('user-management:V1');
    expect(run(`kubectl rollout history ${USERS} --revision=${latest - 1}`)).toContain('user-management:V2');
  }, 300_000);

  it('has other pods after restart', async () => {
    load.begin('restart');
    const before = pods('usermgmt-restapp').map(({ status }) => String(status.podIP));
    run(`kubectl rollout restart ${USERS}`);
    run(`kubectl rollout restart ${NOTIFICATION}`);
    rolledOut();
    await waitForInTraffic(
      'two other pods',
      (addresses) => addresses.length === 2 && !addresses.some((address) => before.includes(address)),
    );
  }, 300_000);

  it('makes one rollout of the changes between pause and resume', async () => {
    load.begin('pause and resume');
    const revision = (): string => run(`kubectl get ${USERS} --output jsonpath={.metadata.annotations}`);
    const before = revision();
    run(`kubectl rollout pause ${USERS}`);
    run(`kubectl set image ${USERS} usermgmt-restapp=usermgmt/user-management:V2`);
    run(`kubectl set resources ${USERS} --containers=usermgmt-restapp --limits=cpu=900m`);
    await waitFor('the controller to see the changes', () => {
      const generations = 'jsonpath={.metadata.generation}/{.status.observedGeneration}';
      const [wanted, observed] = run(`kubectl get ${USERS} --output ${generations}`).split('/');
      return Promise.resolve(observed === wanted);
    });
    expect(revision()).toBe(before);
    expect((await versions()).has('hello-bean V2')).toBe(false);
    run(`kubectl rollout resume ${USERS}`);
    rolledOut();
    await waitFor('V2', async () => !(await versions()).has('hello-bean V1'), 10_000);
    run(`kubectl rollout undo ${USERS}`);
    rolledOut();
    await showsOnly('V1');
  }, 300_000);

  it.each([
    ['an image that is not there', `kubectl set image ${USERS} usermgmt-restapp=usermgmt/user-management:V0`],
    ['a version that does not become ready', `kubectl set env ${USERS} DB_HOSTNAME=nowhere`],
  ])(
    'gives no traffic to %s, and undo takes it away',
    async (_what, command) => {
      load.begin(command);
      const before = addressesInTraffic();
      const names = namesOfPods();
      run(command);
      await waitFor('the new pod', () =>
        Promise.resolve(namesOfPods().some((name) => !names.includes(name))),
      );
      expect(namespace.try(`kubectl rollout status ${USERS} --timeout=${STILL_S}s`).code).not.toBe(0);
      expect(addressesInTraffic()).toEqual(before);
      run(`kubectl rollout undo ${USERS}`);
      rolledOut();
      expect(addressesInTraffic()).toEqual(before);
    },
    120_000,
  );

  it('scales out to 4 and in to 2', async () => {
    load.begin('scale');
    run(`kubectl scale ${USERS} ${NOTIFICATION} --replicas=4`);
    rolledOut();
    await waitForPodsInTraffic(4);
    run(`kubectl scale ${USERS} ${NOTIFICATION} --replicas=2`);
    rolledOut();
    await waitForPodsInTraffic(2);
  }, 300_000);

  it('honours the budget when the node is drained', async () => {
    load.begin('drain');
    const [node] = namespace.get('nodes').map(({ metadata }) => metadata.name);
    run('kubectl label pods --selector track drained=true');
    const drain = namespace.start(
      `kubectl drain ${node} --pod-selector drained=true --delete-emptydir-data --timeout=150s`,
    );
    try {
      // There is no other node: what is evicted waits, and the rest may not be.
      await waitFor('a refusal', () => Promise.resolve(/would violate .* budget/.test(drain.output)), 30_000);
      await sleep(STILL_S * 1_000);
      expect(addressesInTraffic()).toHaveLength(1);
    } finally {
      run(`kubectl uncordon ${node}`);
    }
    expect(`${await drain.ended}: ${drain.output}`).toMatch(/^0: /);
    rolledOut();
    expect(namespace.get('pods --selector drained=true')).toEqual([]);
    await waitForPodsInTraffic(2);
  }, 300_000);

  it('has lost no request and no mail in all of that', async () => {
    load.begin('end');
    await sleep(Math.max(0, LOAD_MS - (Date.now() - begun)));
    const { phases, emails } = await load.stop();
    const twice = await allMailed(mailbox, emails);
    const total = phases.reduce((sum, { requests }) => sum + requests, 0);
    process.stdout.write(
      `${phases.map((phase) => `${JSON.stringify(phase)}\n`).join('')}${total} requests in ` +
        `${Math.round((Date.now() - begun) / 1_000)} s, ${emails.length} users and their mails, ${twice} of them twice\n`,
    );
    expect(phases.map(({ name, failures }) => ({ name, failures }))).toEqual(
      phases.map(({ name }) => ({ name, failures: {} })),
    );
    const seen = new Set(phases.flatMap(({ versions: one }) => Object.keys(one)));
    expect([...seen].sort()).toEqual(['notification V1', 'notification V2', 'users V1', 'users V2']);
    expect(total).toBeGreaterThan(REQUESTS);
  }, 400_000);
});
