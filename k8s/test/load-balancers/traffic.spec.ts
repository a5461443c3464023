import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import { objectsOf } from '../live/support/deploy.ts';
import { hasExternalDns, synchronize } from '../live/support/external-dns.ts';
import { type Load, startLoad } from '../live/support/load.ts';
import type { LoadResult } from '../live/support/load-process.ts';
import { lookupOf } from '../live/support/lookup.ts';
import { Namespace } from '../live/support/namespace.ts';
import { complete } from '../support/combinations.ts';
import { K8S, type Manifest } from '../support/kustomize.ts';
import { AWS_ENDPOINT, deleteClasses, hasController, openToTraffic, resolve } from './support/controller.ts';

/** The overlay canary-alb with readiness gates, and with what stands in for RDS and SES. */
const COMPONENTS = [
  ...['canary-second-version', 'canary-weights', 'alb', 'alb-tls', 'alb-ssl-redirect', 'external-dns'],
  ...['alb-target-ip', 'pod-readiness-gate', 'ingress-class', 'mysql', 'local-mailbox', 'auth-none'],
];
const HOST = 'ums.example.com';
const STABLE = 'deployment/usermgmt-microservice';
const CANARY = 'deployment/v2-usermgmt-microservice';
const CONTAINER = 'usermgmt-restapp';
const REQUESTS = 2_000;
const CONCURRENCY = 10;
/** How long a state must last that should not change, in seconds. */
const STILL_S = 20;

const MODULES = join(K8S, '../packages/dev/lib/k8s');
/** What `npm run k8s -- apply` does once Kustomize has built the overlay. */
const APPLY = `const { applyManifests } = await import(${JSON.stringify(join(MODULES, 'apply.mjs'))});
const { waitForRollout } = await import(${JSON.stringify(join(MODULES, 'rollout.mjs'))});
const manifests = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));
await applyManifests(manifests);
await waitForRollout(manifests);`;

const isReady = hasController && hasExternalDns;
if (hasController && !hasExternalDns)
  process.stderr.write('!!! SKIPPED: requests through load balancers: external-dns is not installed\n');

(isReady ? describe : describe.skip)('requests through an ALB', () => {
  let namespace: Namespace;
  let address: string;
  let ca: string;

  const run = (command: string): string => namespace.run(command);
  const rolledOut = (deployment: string): string =>
    run(`kubectl rollout status ${deployment} --timeout=400s`);
  const pods = (track: string): Manifest[] =>
    namespace.get(`pods --selector app=${CONTAINER},track=${track}`);
  const load = (): Promise<Load> => startLoad(`https://${HOST}/usermgmt`, undefined, { address, ca });
  const get = async (url: string, agent?: https.Agent): Promise<IncomingMessage & { text: string }> => {
    const client = url.startsWith('https:') ? https : http;
    const { promise, resolve: answer, reject } = Promise.withResolvers<IncomingMessage & { text: string }>();
    client
      .get(url, { lookup: lookupOf(address), ca: readFileSync(ca), ...(agent && { agent }) }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
        incoming.on('end', () => {
          answer(Object.assign(incoming, { text }));
        });
      })
      .on('error', reject);
    return promise;
  };
  const failuresOf = ({ phases }: LoadResult): Record<string, number> =>
    Object.assign({}, ...phases.map(({ failures }) => failures)) as Record<string, number>;

  beforeAll(() => {
    ca = openToTraffic();
    namespace = new Namespace('through-alb');
    const input = JSON.stringify(objectsOf(complete(COMPONENTS), namespace));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', APPLY], {
      encoding: 'utf8',
      input,
      env: { ...process.env, KUBECONFIG: namespace.kubeconfig },
    });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
  }, 600_000);
  afterAll(() => {
    run('kubectl delete ingress --all');
    namespace.delete();
    deleteClasses();
  }, 120_000);

  it('has readiness gates in the pods of the first deployment', () => {
    const gates = [...pods('stable'), ...pods('canary')].map(({ spec, status }) => {
      const gate = spec.readinessGates?.[0]?.conditionType;
      const conditions = status.conditions as { type: string; status: string }[];
      return conditions.find(({ type }) => type === gate)?.status;
    });
    expect(gates).toEqual(['True', 'True', 'True', 'True']);
  });

  it('come by a name that ExternalDNS has put into Route 53', async () => {
    synchronize({ namespace, url: AWS_ENDPOINT, zone: 'example.com', owner: 'usermgmt' });
    address = resolve(HOST);
    const users = await get(`https://${HOST}/usermgmt/users`);
    expect([users.statusCode, JSON.parse(users.text)]).toEqual([200, []]);
    const redirect = await get(`http://${HOST}/usermgmt/users`);
    expect([redirect.statusCode, redirect.headers.location]).toEqual([
      301,
      `https://${HOST}:443/usermgmt/users`,
    ]);
  });

  it('are shared out by weight: 90 % to V1, 10 % to V2', async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: CONCURRENCY });
    const versions: string[] = [];
    const client = async (): Promise<void> => {
      while (versions.length < REQUESTS) {
        const { text } = await get(`https://${HOST}/usermgmt/hello-bean`, agent);
        versions.push(/"appversion":"(\w+)"/.exec(text)?.[1] ?? text);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, client));
    agent.destroy();
    const share = versions.filter((version) => version === 'V2').length / versions.length;
    expect(new Set(versions)).toEqual(new Set(['V1', 'V2']));
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
  }, 120_000);

  it('never reach a version that the ALB finds unhealthy', async () => {
    const running = await load();
    // Ready for the kubelet, and not for the load balancer, which asks for /usermgmt/health/ready.
    const probe = { httpGet: { path: '/usermgmt/health/live', port: 'http' } };
    const env = [
      { name: 'APP_VERSION', value: 'V9' },
      { name: 'DB_HOSTNAME', value: 'nowhere' },
    ];
    const patch = { containers: [{ name: CONTAINER, readinessProbe: probe, env }] };
    run(`kubectl patch ${STABLE} --patch ${JSON.stringify({ spec: { template: { spec: patch } } })}`);
    const isNew = ({ spec }: Manifest): boolean => JSON.stringify(spec).includes('"V9"');
    const conditionsOfNew = (): Record<string, string> =>
      Object.fromEntries(
        (pods('stable').find(isNew)?.status.conditions ?? []).map((condition: Record<string, string>) => [
          condition.type,
          condition.status,
        ]),
      );
    await waitFor('containers that are ready', () =>
      Promise.resolve(conditionsOfNew().ContainersReady === 'True'),
    );
    expect(namespace.try(`kubectl rollout status ${STABLE} --timeout=${STILL_S}s`).code).not.toBe(0);
    expect(conditionsOfNew().Ready).toBe('False');
    expect(pods('stable').filter((pod) => !isNew(pod))).toHaveLength(2);
    run(`kubectl rollout undo ${STABLE}`);
    rolledOut(STABLE);
    const result = await running.stop();
    expect(failuresOf(result)).toEqual({});
    expect(Object.keys(result.phases[0]!.versions).filter((version) => version.endsWith('V9'))).toEqual([]);
  }, 300_000);

  it('are all answered during a rollout and a scale-in', async () => {
    const running = await load();
    run(`kubectl rollout restart ${STABLE}`);
    // The pods that this makes end without a delay, those that it replaces do not.
    const container = { name: CONTAINER, lifecycle: null, env: [{ name: 'SHUTDOWN_DELAY_MS', value: '0' }] };
    const patch = { spec: { template: { spec: { containers: [container] } } } };
    run(`kubectl patch ${CANARY} --patch ${JSON.stringify(patch)}`);
    rolledOut(STABLE);
    rolledOut(CANARY);
    running.begin('scale-in');
    run(`kubectl scale ${STABLE} --replicas=1`);
    waitUntilEnded();
    const result = await running.stop();
    process.stdout.write(result.phases.map((phase) => `${JSON.stringify(phase)}\n`).join(''));
    expect(result.phases.map(({ name, failures }) => ({ name, failures }))).toEqual([
      { name: 'start', failures: {} },
      { name: 'scale-in', failures: {} },
    ]);
  }, 600_000);

  it('are lost where pods end without a delay, until the load balancer stops sending to them', async () => {
    run(`kubectl scale ${CANARY} --replicas=1`);
    const isLost = (): Promise<boolean> =>
      get(`https://${HOST}/usermgmt/hello-bean`).then(
        ({ statusCode }) => statusCode !== 200,
        () => true,
      );
    await expect(waitFor('a lost request', isLost, 60_000, 1)).resolves.toBe(true);
  }, 90_000);

  /** A rollout does not wait for the pods that it replaces. */
  const waitUntilEnded = (): void => {
    const ending = [...pods('stable'), ...pods('canary')].filter(
      ({ metadata }) => metadata.deletionTimestamp !== undefined,
    );
    for (const { metadata } of ending) run(`kubectl wait --for=delete pod/${metadata.name} --timeout=120s`);
  };
});
