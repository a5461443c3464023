import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { type Answer, ScriptedPrograms } from '@usermgmt/testing/scripted-programs';
import { hasKubectl, K8S, Kustomize, type Manifest } from './support/kustomize.ts';

const FOLDER = join(K8S, '../packages/dev/lib/k8s');

let programs: ScriptedPrograms;
afterEach(() => {
  programs.remove();
});

/** Calls a function of packages/dev/lib/k8s with the manifests, beside a kubectl that answers so. */
function call(
  file: string,
  name: string,
  manifests: readonly Manifest[],
  kubectl: readonly Answer[],
  options = {},
) {
  programs = new ScriptedPrograms({ kubectl });
  const script = `const module = await import(${JSON.stringify(join(FOLDER, file))});
    await module.${name}(JSON.parse(process.env.MANIFESTS), ${JSON.stringify(options)});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { PATH: programs.path, MANIFESTS: JSON.stringify(manifests) },
  });
  return { status, stdout, stderr };
}

/** Applies the manifests: what `npm run k8s -- apply` does once Kustomize has built the overlay. */
function apply(manifests: readonly Manifest[], kubectl: readonly Answer[]) {
  const result = call('apply.mjs', 'applyManifests', manifests, kubectl);
  return { ...result, applied: programs.calls.filter(({ words }) => words.startsWith('apply -f')) };
}

describe('what belongs to the whole cluster', () => {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'a', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'b' },
    parameters: { type: 'gp3' },
  };
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'a' } };
  const found = (manifest: Manifest, labels = {}): Answer => ({
    when: `get ${manifest.kind.toLowerCase()}/`,
    output: JSON.stringify({
      ...manifest,
      metadata: { ...manifest.metadata, uid: 'x', labels: { ...manifest.metadata.labels, ...labels } },
      volumeBindingMode: 'Immediate',
    }),
  });
  const mayNot = { when: 'auth can-i patch', code: 1 };

  it('is left alone where it is as the overlay wants it, whatever else it has', () => {
    const { status, applied } = apply(
      [namespace, storageClass, config],
      [found(namespace, { 'kubernetes.io/metadata.name': 'a' }), found(storageClass), mayNot],
    );
    expect(status).toBe(0);
    expect(applied.map(({ input }) => input)).toEqual([
      expect.stringMatching(/^apiVersion: v1\nkind: ConfigMap/),
    ]);
  });

  it('is named where it differs and must not be changed, and the rest is applied', () => {
    const { status, stdout, applied } = apply(
      [namespace, storageClass, config],
      [
        found(namespace, { 'pod-security.kubernetes.io/enforce': 'privileged' }),
        found({ ...storageClass, parameters: { type: 'gp2' } }),
        mayNot,
      ],
    );
    expect(status).toBe(0);
    const administrator = 'if you may not change it, an administrator must: npm run infra -- deploy';
    expect(stdout).toContain(
      `namespace/a differs in metadata.labels.pod-security.kubernetes.io/enforce; ${administrator}\n`,
    );
    expect(stdout).toContain(`storageclass/b differs in parameters.type; ${administrator}\n`);
    expect(applied).toHaveLength(1);
    expect(applied[0]!.input).not.toMatch(/kind: (Namespace|StorageClass)/);
  });

  it('is applied first where it is missing, or differs and may be changed', () => {
    const { status, applied } = apply(
      [config, namespace, storageClass],
      [found({ ...storageClass, parameters: { type: 'gp2' } })],
    );
    expect(status).toBe(0);
    expect(applied.map(({ input }) => input)).toEqual([
      expect.stringMatching(/kind: Namespace[^]+kind: StorageClass/),
      expect.stringContaining('kind: ConfigMap'),
    ]);
  });

  it('stops the deployment where it is missing and cannot be made', () => {
    const { status, stderr, applied } = apply([namespace, config], [{ when: 'apply -f', code: 1 }]);
    expect(status).not.toBe(0);
    expect(stderr).toContain('kubectl could not apply namespace/a: see above');
    expect(applied).toHaveLength(1);
  });
});

describe('pods behind a load balancer with ip targets', () => {
  const kustomize = new Kustomize();
  afterAll(() => {
    kustomize.remove();
  });
  const namespace = (label: string): Answer => ({ when: 'pod-readiness-gate-inject', output: label });
  const gates = namespace('enabled');
  const bindings = (output: string | string[]): Answer => ({ when: 'get targetgroupbindings', output });
  const USERS = 'usermgmt-restapp-nodeport-service';
  const production = (): Manifest[] => kustomize.make({ name: 'overlays/production' });
  const wait = (manifests: readonly Manifest[], kubectl: Answer[], limitMs: number) =>
    call('readiness-gates.mjs', 'waitForBindings', manifests, kubectl, { limitMs, everyMs: 1 });
  const asked = (): number =>
    programs.calls.filter(({ words }) => words.startsWith('get targetgroupbindings')).length;

  (hasKubectl ? it : it.skip)('come after the load balancer, which is bound to their Service by then', () => {
    const { status, applied } = apply(production(), [gates, bindings(`${USERS} other`)]);
    expect(status).toBe(0);
    const kinds = applied.map(({ input }) => [...input.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind));
    expect(kinds).toHaveLength(3);
    expect(kinds[1]).toEqual(expect.arrayContaining(['Ingress', 'Service', 'ConfigMap', 'ExternalSecret']));
    expect([...new Set(kinds[2])].sort()).toEqual(['DaemonSet', 'Deployment', 'Job']);
    const order = programs.calls.map(({ words }) => words.replace(/ .*/, ''));
    expect(order.lastIndexOf('apply')).toBe(order.length - 1);
    expect(programs.calls.at(-2)!.words).toContain('get targetgroupbindings');
  });

  (hasKubectl ? it : it.skip)('wait for it', () => {
    const { status, stdout } = wait(production(), [gates, bindings(['', 'other', USERS])], 60_000);
    expect(status).toBe(0);
    expect(asked()).toBe(3);
    expect(stdout).not.toContain('no target group');
  });

  (hasKubectl ? it : it.skip).each([
    ['overlays/canary-alb', 'v1-usermgmt-service, v2-usermgmt-service'],
    ['overlays/nlb', 'usermgmt-network-lb'],
    ['overlays/gateway-api', USERS],
    ['overlays/fargate', USERS],
  ])('of %s do not wait for ever, and say what is missing', (name, services) => {
    const { status, stdout } = wait(kustomize.make({ name }), [gates, bindings('')], 0);
    expect(status).toBe(0);
    expect(stdout).toContain(`no target group for ${services} within 0 s: new pods have no readiness gates.`);
  });

  (hasKubectl ? it : it.skip).each([
    ['without the label of gates', 'production', [namespace(''), bindings('')], 0],
    ['with instance targets', 'alb-ssl', [gates, bindings('')], 0],
    ['on a laptop', 'local', [gates, bindings('')], 0],
    [
      'where the cluster does not know the controller',
      'production',
      [
        gates,
        { when: 'get targetgroupbindings', errors: "the server doesn't have a resource type", code: 1 },
      ],
      1,
    ],
  ])('do not wait %s', (_, overlay, kubectl: Answer[], times) => {
    const { status, stdout } = wait(kustomize.make({ name: `overlays/${overlay}` }), kubectl, 60_000);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(asked()).toBe(times);
  });
});

describe('the wait for the rollout', () => {
  const workload = (kind: string, name: string): Manifest => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'a' },
  });

  it('of a Deployment has the limit of the Deployment itself, which is one for each pod', () => {
    const manifests = [workload('Deployment', 'b'), workload('StatefulSet', 'c')];
    const { status } = call('rollout.mjs', 'waitForRollout', manifests, []);
    expect(status).toBe(0);
    expect(programs.calls.map(({ words }) => words)).toEqual([
      'rollout status statefulset/c --timeout=300s --namespace a',
      'rollout status deployment/b --namespace a',
    ]);
  });

  it('ends with the reason when the Deployment has given up', () => {
    const gaveUp = 'error: deployment "b" exceeded its progress deadline\n';
    const { status, stderr } = call(
      'rollout.mjs',
      'waitForRollout',
      [workload('Deployment', 'b')],
      [{ when: 'rollout status', errors: gaveUp, code: 1 }],
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain(gaveUp);
    expect(stderr).toContain('deployment/b did not come up');
  });
});
