import { afterAll, describe, expect, it } from '@jest/globals';
import { foldersIn, hasKubectl, Kustomize, type Manifest, read } from './support/kustomize.ts';
import { problemsIn } from './support/problems.ts';

/** Overlays with several namespaces, which cannot become one. */
const WITH_NAMESPACES_OF_THEIR_OWN = ['dev-namespaces', 'fargate', 'mixed'];

/** Kustomize gives a namespace to kinds that belong to none and that it does not know; the API server drops it. */
const asServerTakes = (manifest: Manifest): Manifest => {
  if (!['IngressClassParams', 'GatewayClass'].includes(manifest.kind)) return manifest;
  const { namespace: _, ...metadata } = manifest.metadata;
  return { ...manifest, metadata };
};

(hasKubectl ? describe : describe.skip)('a second installation in one cluster', () => {
  const kustomize = new Kustomize();
  afterAll(() => {
    kustomize.remove();
  });
  const namesOf = (manifests: readonly Manifest[], kind: string): string[] =>
    manifests.filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);

  it.each(foldersIn('overlays').filter((name) => !WITH_NAMESPACES_OF_THEIR_OWN.includes(name)))(
    'is made by a namespace around %s',
    (overlay) => {
      const objects = kustomize.around(overlay, { namespace: 'team-a' }).map(asServerTakes);
      expect(problemsIn(objects)).toEqual([]);
      expect(namesOf(objects, 'Namespace')).toEqual(['team-a']);
      expect(JSON.stringify(objects)).not.toMatch(/"namespace":"(?!team-a")/);
    },
  );

  it.each(WITH_NAMESPACES_OF_THEIR_OWN)('is not made by a namespace around %s', (overlay) => {
    expect(() => kustomize.around(overlay, { namespace: 'team-a' })).toThrow('ID conflict');
  });

  it.each([{ namePrefix: 'team-a-' }, { nameSuffix: '-team-a' }])(
    'is not made by %j: values that hold a name keep the old one',
    (fields) => {
      const objects = kustomize.around('local', fields);
      const hosts = objects
        .filter(({ kind }) => kind === 'ConfigMap')
        .flatMap(({ data }) => [data.DB_HOSTNAME, data.NOTIFICATION_SERVICE_HOST] as (string | undefined)[])
        .filter((host) => host !== undefined);
      expect(hosts).toEqual(['mysql', 'notification-clusterip-service']);
      expect(namesOf(objects, 'Service')).not.toContain('mysql');
      expect(namesOf(objects, 'Service')).not.toContain('notification-clusterip-service');
      expect(JSON.stringify(objects)).toContain('"system:serviceaccount:$(NAMESPACE):user-management"');
      expect(namesOf(objects, 'ServiceAccount')).not.toContain('user-management');

      const production = kustomize.around('production', fields);
      const secret = production.find(({ kind }) => kind === 'ExternalSecret');
      expect(namesOf(production, 'SecretStore')).not.toContain(secret?.spec.secretStoreRef.name);
    },
  );

  it('is described in README.md', () => {
    const section = read('README.md')
      .split(/^## /m)
      .find((text) => text.startsWith('A second installation in one cluster'));
    expect(section).toContain('`namePrefix` and `nameSuffix` are not supported');
    for (const overlay of WITH_NAMESPACES_OF_THEIR_OWN) expect(section).toContain(`\`${overlay}\``);
  });
});
