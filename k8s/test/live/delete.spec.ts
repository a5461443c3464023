import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { hasCluster } from '../support/cluster.ts';
import { K8S, type Manifest } from '../support/kustomize.ts';
import { deployerRights } from '../../../infra/lib/deployer-rights.ts';
import { Namespace } from './support/namespace.ts';

const MODULE = join(K8S, '../packages/dev/lib/k8s/delete.mjs');
/** What `npm run k8s -- delete` does once Kustomize has built the overlay. */
const SCRIPT = `const { deleteManifests } = await import(${JSON.stringify(MODULE)});
process.exitCode = await deleteManifests(JSON.parse(process.env.MANIFESTS));`;

function deleteFrom({ kubeconfig }: Namespace, manifests: readonly Manifest[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
    encoding: 'utf8',
    env: { ...process.env, KUBECONFIG: kubeconfig, MANIFESTS: JSON.stringify(manifests) },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

(hasCluster ? describe : describe.skip)('npm run k8s -- delete', () => {
  const overlayIn = ({ name: namespace }: Namespace): Manifest[] => [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'of-the-overlay', namespace } },
  ];
  /** As a StatefulSet makes it, for which it stands in no manifest. */
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-mysql-0' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  };

  it('deletes the namespace with all that is in it', () => {
    const namespace = new Namespace('of-the-overlay');
    namespace.apply([...overlayIn(namespace), claim]);
    deleteFrom(namespace, overlayIn(namespace));
    expect(namespace.try(`kubectl get namespace ${namespace.name}`).output).toContain('NotFound');
  }, 120_000);

  it('keeps a namespace that the stack workloads has made, with the rights in it, and nothing else', () => {
    const namespace = new Namespace('of-infra');
    const rights = deployerRights(namespace.name) as unknown as Manifest[];
    namespace.apply([...overlayIn(namespace), ...rights, claim]);
    expect(deleteFrom(namespace, overlayIn(namespace))).toContain(`the namespace ${namespace.name}`);
    const left = namespace.run('kubectl get rolebindings,configmaps,persistentvolumeclaims --output name');
    expect(left.trim().split('\n')).toEqual([
      'rolebinding.rbac.authorization.k8s.io/deployer',
      'configmap/kube-root-ca.crt',
    ]);
    namespace.run(`kubectl delete clusterrolebinding,clusterrole deployer-${namespace.name}`);
  }, 120_000);
});
