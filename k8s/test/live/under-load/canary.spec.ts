import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import { hasCluster } from '../../support/cluster.ts';
import { read } from '../../support/kustomize.ts';
import { addressesBehind, type Forwarded, forward, usersUrl } from '../support/access.ts';
import { deploy } from '../support/deploy.ts';
import { startLoad } from '../support/load.ts';
import { allMailed } from '../support/mails.ts';
import { Namespace } from '../support/namespace.ts';

const V1 = 'deployment/v1-notification-microservice';
const V2 = 'deployment/v2-notification-microservice';
/** A measurement, and how many of them: one alone is off by more than 5 points by chance about every 30th time. */
const [REQUESTS, TIMES] = [400, 4];
const AT_ONCE = 10;

(hasCluster ? describe : describe.skip)('the canary of notification', () => {
  let namespace: Namespace;
  let users: string;
  let mailbox: Forwarded;
  const run = (command: string): string => namespace.run(command);
  const scale = async (v1: number, v2: number): Promise<void> => {
    run(`kubectl scale ${V1} --replicas=${v1}`);
    run(`kubectl scale ${V2} --replicas=${v2}`);
    await waitFor(
      'as many pods in traffic',
      () => Promise.resolve(addressesBehind(namespace, 'notification-clusterip-service').length === v1 + v2),
      120_000,
      500,
    );
  };
  /** How many of so many answers of notification, through user-management, came from V2. */
  const countV2 = async (requests: number): Promise<number> => {
    let [left, fromV2] = [requests, 0];
    const ask = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const text = await (await fetch(`${users}/notification-health-status`)).text();
        if (text.endsWith('V2')) fromV2 += 1;
        else expect(text).toBe('Notification Service is UP and Running - V1');
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    return fromV2;
  };
  const only = (version: 'V1' | 'V2'): Promise<unknown> =>
    waitFor(`only ${version}`, async () => (await countV2(40)) === (version === 'V1' ? 0 : 40), 30_000);

  beforeAll(async () => {
    namespace = new Namespace('under-load');
    run('kubectl delete deployment/notification-microservice --ignore-not-found');
    deploy(namespace, 'canary');
    users = await usersUrl(namespace);
    mailbox = await forward(namespace, 'deployment/local-mailbox', 8005);
  }, 400_000);
  afterAll(async () => {
    await mailbox.stop();
    run(`kubectl delete ${V1} ${V2}`);
  });

  it.each([
    [3, 1],
    [2, 2],
  ])(
    'gives V2 its share of the pods, at %d to %d',
    async (v1, v2) => {
      await scale(v1, v2);
      const expected = v2 / (v1 + v2);
      await waitFor('both', async () => (await countV2(40)) > 0);
      const shares: number[] = [];
      for (let time = 0; time < TIMES; time += 1) shares.push((await countV2(REQUESTS)) / REQUESTS);
      process.stdout.write(`V2's share of ${REQUESTS} requests at ${v1}/${v2}: ${shares.join(', ')}\n`);
      const mean = shares.reduce((sum, share) => sum + share) / TIMES;
      expect(Math.abs(mean - expected)).toBeLessThan(0.05);
    },
    200_000,
  );

  it('goes to V2 altogether, and back', async () => {
    await scale(0, 4);
    await only('V2');
    await scale(4, 0);
    await only('V1');
  }, 200_000);

  it('shows a bad V2 in the documented check, and is rid of it by one command; nothing is lost', async () => {
    await scale(3, 1);
    const load = await startLoad(users);
    load.begin('bad V2');
    run(`kubectl set env ${V2} NODE_ENV=test FAULT_RATE=0.5`);
    run(`kubectl rollout status ${V2} --timeout=120s`);
    const [check = '', remedy = ''] = commandsOfTheReadme();
    const failing = await waitFor(
      'failures in the check',
      () => {
        const printed = namespace.bash(check);
        const [, stable = '', canary = ''] = /stable\n([\s\S]*)canary\n([\s\S]*)/.exec(printed) ?? [];
        // Some 30 answers are enough to tell.
        const isBad = failuresIn(canary) > 10 && failuresIn(stable) === 0 && printed;
        return Promise.resolve(isBad);
      },
      60_000,
      3_000,
    );
    process.stdout.write(failing);
    namespace.bash(remedy);
    await only('V1');
    load.begin('V2 is out');
    await waitFor('more load', async () => (await countV2(200)) === 0);
    const { phases, emails } = await load.stop();
    await allMailed(mailbox, emails);
    const [, bad, afterwards] = phases;
    // What asks notification and shows its answer fails with it; nothing else does.
    expect(Object.keys(bad?.failures ?? {}).filter((what) => !what.startsWith('notification-xray'))).toEqual(
      [],
    );
    expect(afterwards?.failures).toEqual({});
    expect(emails.length).toBeGreaterThan(50);
  }, 300_000);
});

const failuresIn = (counts: string): number => Number(/(\d+) "status":5/.exec(counts)?.[1] ?? 0);

/** The commands under "A canary, and whether it is well": the check, and what takes V2 out. */
function commandsOfTheReadme(): string[] {
  const [, section = ''] = read('README.md').split('\n## A canary, and whether it is well\n');
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(
    ([, block = '']) => block,
  );
}
