/** @jest-environment ./packages/testing/reporting-environment.js */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runBuild, type BuildResult, type RanCommand } from '@usermgmt/testing/codebuild/run';
import { describeOnFailure } from '@usermgmt/testing/failure-report';
import { EmulatedAws, hasAws } from '@usermgmt/testing/pipeline/aws';
import { TestCluster } from '@usermgmt/testing/pipeline/cluster';
import { Commits } from '@usermgmt/testing/pipeline/commits';
import { HttpsFront } from '@usermgmt/testing/pipeline/front';
import { docker, ImmutableRegistry } from '@usermgmt/testing/pipeline/registry';
import { Source } from '@usermgmt/testing/pipeline/source';
import { waitFor } from '@usermgmt/testing/wait';
import { deployerRights, deployersOf } from '../../../infra/lib/deployer-rights.ts';
import { NAMESPACE_LABELS } from '../../../infra/lib/namespace-labels.ts';

const NAMESPACE = 'usermgmt-pipeline';
const HOST = 'usermgmt.example.com';
const SERVICES = ['user-management', 'notification'] as const;
/** Two test files, of which one needs a real MySQL; in the long form after all other stages. */
const SMALL_CHECK = [
  ...(process.env.TEST_LONG === '1' ? [] : ['--only tests']),
  '--selectProjects user-management --testPathPatterns user-key',
].join(' ');
const MINUTE = 60_000;
const asDeployer = ['--as', 'pipeline', '--as-group', deployersOf(NAMESPACE)];
const PROBE_FAILED = 'Readiness probe failed: HTTP probe failed with statuscode: 404';
/** How npm gets out of a network that has a proxy or a certificate authority of its own. */
const NETWORK = ['NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

const { TEST_DOCKER, TEST_CLUSTER, TEST_REGISTRY = '' } = process.env;
const canRun = TEST_DOCKER === '1' && TEST_CLUSTER === '1' && TEST_REGISTRY !== '' && hasAws;
if (!canRun) {
  process.stderr.write(
    '!!! SKIPPED: both buildspecs, run as CodeBuild does: they need Docker, a cluster (TEST_CLUSTER=1) whose nodes take images from a registry on TEST_REGISTRY, and pip install -r infra/requirements.txt\n',
  );
}

interface Ran {
  title: string;
  result: BuildResult;
}

/** What `local` is, in a namespace of its own and on any port, with the settings that a deployment fills in. */
const OVERLAY = {
  'kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${NAMESPACE}
resources: [../../base]
components:
  - ../../components/namespace
  - ../../components/mysql
  - ../../components/db-secret
  - ../../components/auth-none
patches:
  - target: { kind: Service, name: usermgmt-restapp-nodeport-service }
    patch: '[{ "op": "replace", "path": "/spec/type", "value": "NodePort" }]'
configMapGenerator:
  - name: settings
    envs: [settings.env]
    options:
      annotations: { config.kubernetes.io/local-config: 'true' }
transformers: [../../settings/images, ../../settings/db-password]
`,
  'settings.env': `USER_MANAGEMENT_IMAGE=<the image>
NOTIFICATION_IMAGE=<the image>
# The output DbUsername of a stack.
DB_USERNAME=<the user>
DB_PASSWORD=a-password
DB_ROOT_PASSWORD=another-password
`,
};

(canRun ? describe : describe.skip)('the pipeline, with a registry, a cluster and an emulator of AWS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-pipeline-'));
  const cluster = canRun ? new TestCluster(NAMESPACE) : (undefined as never);
  let aws: EmulatedAws;
  let registry: ImmutableRegistry;
  let front: HttpsFront;
  let commits: Commits;
  /** Each project of CodeBuild has a source folder of its own, so a build and a deployment can run at the same time. */
  let builds: Source;
  let deployments: Source;
  let good: string;
  /** The build of the good commit. */
  let built: BuildResult;
  const results: Ran[] = [];

  beforeAll(async () => {
    commits = new Commits(join(folder, 'source'));
    for (const [file, content] of Object.entries(OVERLAY)) commits.write(`k8s/overlays/ci/${file}`, content);
    describeOnFailure('builds and deployments', () =>
      Promise.resolve(results.map(({ title, result: { log } }) => `--- ${title}\n${endOf(log)}`).join('\n')),
    );
    describeOnFailure(`namespace ${NAMESPACE}`, () => Promise.resolve(cluster.report()));
    describeOnFailure('the services', answers);
    good = commits.commit('Add an overlay for this test');
    builds = new Source(join(folder, 'builds'), commits);
    deployments = new Source(join(folder, 'deployments'), commits);
    aws = await EmulatedAws.start(folder);
    aws.makeCluster('eksdemo1');
    aws.makeStack('test-data', { DbUsername: 'usermgmt' });
    registry = await ImmutableRegistry.start(TEST_REGISTRY);
    front = await HttpsFront.start(folder, HOST, nodePort);
    writeFileSync(join(folder, '.curlrc'), front.curlrc);
    prepareCluster();
    mkdirSync(join(folder, 'bin'));
    cluster.writeKubectl(join(folder, 'bin'), deployersOf(NAMESPACE));
    const [v1, ofGood] = await bothOf(deployV1(), build(good));
    expectSuccess(v1);
    expectSuccess(ofGood);
    built = ofGood;
  }, 20 * MINUTE);

  afterAll(async () => {
    if (!canRun) return;
    process.stderr.write(tableOf(results));
    cluster.kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
    await front.stop();
    await registry.stop();
    await aws.stop();
    const images = await docker('images', '--quiet', '--filter', `reference=${TEST_REGISTRY}/usermgmt/*`);
    if (images !== '') await docker('image', 'rm', '--force', ...new Set(images.split('\n')));
    rmSync(folder, { recursive: true, force: true });
  }, MINUTE);

  it(
    'never pushes a commit with a failing test',
    async () => {
      commits.replace(
        'services/user-management/src/users/user-key.ts',
        ".normalize('NFKD')",
        ".normalize('NFC')",
      );
      const bad = commits.commit('Break the keys of names');
      const result = await build(bad);
      expect(result.log).toContain('● '); // Jest's mark of a test that failed
      expect(result).toMatchObject({
        status: 'FAILED',
        failed: 'npm run check -- $CHECK_ARGS',
        phases: { install: 'SUCCEEDED', pre_build: 'FAILED', build: 'SKIPPED' },
        artifacts: [],
        reports: { tests: ['junit.xml'] },
      });
      for (const service of SERVICES) expect(await registry.tags(`usermgmt/${service}`)).not.toContain(bad);
      expect(await version()).toBe('V1');
    },
    15 * MINUTE,
  );

  it(
    'rolls back a commit that does not become ready, says why, and V1 goes on answering',
    async () => {
      commits.checkOut(good);
      commits.replace(
        'k8s/base/user-management/deployment/deployment.yaml',
        '/health/ready',
        '/health/nowhere',
      );
      const bad = commits.commit('Ask for a readiness that is not there');

      let right = 0;
      const wrong: string[] = [];
      const asking = setInterval(() => {
        void version().then(
          (answer) => (answer === 'V1' ? (right += 1) : wrong.push(answer)),
          (error: unknown) => wrong.push(String(error)),
        );
      }, 1_000);
      // The images are those of the good commit: the two differ in a manifest only.
      const [result] = await bothOf(deploy(bad, built.exported), endDeadlineWhenProbeFails()).finally(() => {
        clearInterval(asking);
      });
      expect(result).toMatchObject({ status: 'FAILED', failed: 'bash pipeline/deploy.sh' });
      expect(result.log).toContain('!!! FAILED: apply ci, run the migration, wait for the rollout');
      expect(result.log).toContain(PROBE_FAILED);
      expect(result.log).toContain('deployment.apps/usermgmt-microservice rolled back');
      expect(right).toBeGreaterThan(0);
      expect(wrong).toEqual([]);
      expect(await version()).toBe('V1');
      expect(imageOf('usermgmt-microservice')).not.toContain(built.exported.USER_MANAGEMENT_IMAGE);
    },
    10 * MINUTE,
  );

  it(
    'brings a good commit all the way to another appversion, and builds it again without harm',
    async () => {
      expect(built).toMatchObject({
        status: 'SUCCEEDED',
        exported: {
          COMMIT: good,
          USER_MANAGEMENT_IMAGE: expect.stringMatching(/\/usermgmt\/user-management@sha256:[0-9a-f]{64}$/),
          NOTIFICATION_IMAGE: expect.stringMatching(/\/usermgmt\/notification@sha256:[0-9a-f]{64}$/),
        },
        artifacts: expect.arrayContaining([
          'audit.json',
          'images.env',
          'sbom/notification.cdx.json',
          'sbom/user-management.cdx.json',
        ]),
        reports: { tests: ['junit.xml'] },
      });
      for (const service of SERVICES) expect(await registry.tags(`usermgmt/${service}`)).toContain(good);

      const [deployed, again] = await bothOf(deploy(good, built.exported), build(good));
      expectSuccess(deployed);
      expect(deployed.log).toContain(`${good.slice(0, 7)} is deployed to ${NAMESPACE}`);
      // It needs no right to change its namespace, and has none.
      expect(deployed.log).not.toContain(`namespace/${NAMESPACE}`);
      expect(() => cluster.kubectl(['label', 'namespace', NAMESPACE, 'a=b', ...asDeployer])).toThrow(
        'Forbidden',
      );
      // A pod that was replaced can answer for some seconds more.
      const short = good.slice(0, 7);
      await waitFor(`an answer of ${short}`, async () => (await version()) === short, MINUTE);
      expect(imageOf('usermgmt-microservice')).toBe(built.exported.USER_MANAGEMENT_IMAGE);
      expect(imageOf('notification-microservice')).toBe(built.exported.NOTIFICATION_IMAGE);

      expectSuccess(again);
      expect(again).toMatchObject({ status: 'SUCCEEDED', exported: built.exported });
      expect(again.log).toContain('was pushed before');
    },
    15 * MINUTE,
  );

  /** What CodeBuild does with a commit. */
  function build(commit: string): Promise<BuildResult> {
    builds.checkOut(commit);
    return run(`the build of ${commit.slice(0, 7)}`, 'buildspec.yml', builds, {
      CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
      REGISTRY: TEST_REGISTRY,
      CHECK_ARGS: SMALL_CHECK,
    });
  }

  /**
   * What CodeBuild does with the images of a commit.
   *
   * @param manifests the commit whose manifests are applied, if it is another one
   */
  function deploy(
    commit: string,
    exported: Record<string, string>,
    manifests = commit,
  ): Promise<BuildResult> {
    deployments.checkOut(manifests);
    return run(`the deployment of ${commit.slice(0, 7)}`, 'buildspec-deploy.yml', deployments, {
      ...exported,
      COMMIT: commit,
      CONFIGURATION: 'test',
      CLUSTER_NAME: 'eksdemo1',
      OVERLAY: 'ci',
      NAMESPACE,
      HOST,
    });
  }

  async function deployV1(): Promise<BuildResult> {
    return deploy('V1', await pushV1(), good);
  }

  /**
   * Shortens the time that the Deployment has for the rollout, once its new pod has started and is known not to be
   * ready. No pod has to start within a time then.
   */
  async function endDeadlineWhenProbeFails(): Promise<void> {
    const inNamespace = ['--namespace', NAMESPACE];
    await waitFor(
      'an event that the readiness probe fails',
      () => Promise.resolve(cluster.kubectl([...inNamespace, 'get', 'events']).includes(PROBE_FAILED)),
      5 * MINUTE,
      1_000,
    );
    const patch = JSON.stringify({ spec: { progressDeadlineSeconds: 10 } });
    cluster.kubectl([...inNamespace, 'patch', 'deployment', 'usermgmt-microservice', '--patch', patch]);
  }

  async function run(
    title: string,
    buildspec: string,
    source: Source,
    environment: Record<string, string>,
  ): Promise<BuildResult> {
    const result = await runBuild({
      buildspec,
      source: source.folder,
      environment: {
        ...aws.environment,
        ...environment,
        PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
        HOME: process.env.HOME,
        ...Object.fromEntries(NETWORK.map((name) => [name, process.env[name]])),
        CI: 'true',
        // Nothing of the tester's is changed: logins, contexts, curl's ways.
        DOCKER_CONFIG: join(folder, '.docker'),
        KUBECONFIG: join(folder, 'kubeconfig'),
        CURL_HOME: folder,
        // `npm ci` deletes what is installed and installs it again. With this it compares the lock file only.
        ...(source.hasPackages && { npm_config_dry_run: 'true' }),
      },
    });
    results.push({ title, result });
    return result;
  }

  /** Images as an earlier pipeline would have left them. */
  async function pushV1(): Promise<Record<string, string>> {
    const images: Record<string, string> = {};
    for (const service of SERVICES) {
      const image = `${TEST_REGISTRY}/usermgmt/${service}:V1`;
      const file = `services/${service}/Dockerfile`;
      await docker('build', '--quiet', '--file', join(commits.folder, file), '--tag', image, commits.folder);
      await docker('push', '--quiet', image);
      const digests = await docker('image', 'inspect', '--format', '{{join .RepoDigests "\\n"}}', image);
      const name = `${service.replace('-', '_').toUpperCase()}_IMAGE`;
      images[name] = digests.split('\n').find((digest) => digest.startsWith(TEST_REGISTRY)) ?? '';
    }
    return images;
  }

  /** The namespace and the rights in it, as infra/ makes them; the ClusterRole `edit` is AmazonEKSEditPolicy. */
  function prepareCluster(): void {
    const rbac = 'rbac.authorization.k8s.io';
    cluster.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: NAMESPACE_LABELS } },
      ...deployerRights(NAMESPACE),
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'edit', namespace: NAMESPACE },
        subjects: [{ kind: 'Group', name: deployersOf(NAMESPACE), apiGroup: rbac }],
        roleRef: { kind: 'ClusterRole', name: 'edit', apiGroup: rbac },
      },
    );
  }

  function nodePort(): number {
    const path = 'jsonpath={.spec.ports[0].nodePort}';
    const service = 'usermgmt-restapp-nodeport-service';
    return Number(cluster.kubectl(['--namespace', NAMESPACE, 'get', 'service', service, '--output', path]));
  }

  /** What the deployed services answer now. Never throws. */
  async function answers(): Promise<string> {
    const lines = ['health/ready', 'hello-bean'].map(async (path) => {
      try {
        const answer = await fetch(urlOf(path));
        return `GET ${path}: ${answer.status} ${await answer.text()}`;
      } catch (error) {
        return `GET ${path}: ${String(error)}`;
      }
    });
    return (await Promise.all(lines)).join('\n');
  }

  function urlOf(path: string): string {
    return `http://127.0.0.1:${nodePort()}/usermgmt/${path}`;
  }

  async function version(): Promise<string> {
    const answer = await fetch(urlOf('hello-bean'));
    return ((await answer.json()) as { appversion: string }).appversion;
  }

  function imageOf(deployment: string): string {
    const path = 'jsonpath={.spec.template.spec.containers[0].image}';
    return cluster.kubectl(['--namespace', NAMESPACE, 'get', 'deployment', deployment, '--output', path]);
  }
});

/** Waits for both, also if the first that ends has failed: nothing goes on in the background. */
async function bothOf<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

/** Fails with the end of the log, which says why. */
function expectSuccess({ status, failed, log }: BuildResult): void {
  if (status !== 'SUCCEEDED') throw new Error(`${failed} failed:\n${endOf(log)}`);
}

function endOf(log: string): string {
  return log.split('\n').slice(-60).join('\n');
}

/** Seconds and processor seconds of each command that took a second or more. */
function tableOf(results: readonly Ran[]): string {
  const rows = results.flatMap(({ title, result }) => [
    rowOf(title, result.commands),
    ...result.commands
      .filter(({ seconds }) => seconds >= 1)
      .map((ran) => rowOf(`  ${ran.phase}: ${ran.command}`, [ran])),
  ]);
  return [`${'seconds'.padStart(8)}${'CPU'.padStart(8)}`, ...rows, ''].join('\n');
}

function rowOf(title: string, commands: readonly RanCommand[]): string {
  const sum = (key: 'seconds' | 'cpuSeconds'): string =>
    commands
      .reduce((total, ran) => total + ran[key], 0)
      .toFixed(1)
      .padStart(8);
  return `${sum('seconds')}${sum('cpuSeconds')}  ${title}`;
}
