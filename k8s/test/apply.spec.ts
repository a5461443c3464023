import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Answer, ScriptedPrograms } from '@usermgmt/testing/scripted-programs';
import { K8S, type Manifest } from './support/kustomize.ts';

const FOLDER = join(K8S, '../packages/dev/lib/k8s');

let programs: ScriptedPrograms;
afterEach(() => {
  programs.remove();
});

/** Calls a function of packages/dev/lib/k8s with the manifests, beside a kubectl that answers so. */
function call(file: string, name: string, manifests: readonly Manifest[], kubectl: readonly Answer[]) {
  programs = new ScriptedPrograms({ kubectl });
  const script = `const module = await import(${JSON.stringify(join(FOLDER, file))});
    await module.${name}(JSON.parse(process.env.MANIFESTS));`;
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
