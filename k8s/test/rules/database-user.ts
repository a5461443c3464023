import { type Manifest, nameOf, podTemplateOf } from '../support/kustomize.ts';

const ADMIN_SECRET = 'mysql-admin-password';

/**
 * The password of RDS' master user in other pods than those of the migration. And namespaces that share a schema or a
 * user in RDS, or whose service logs in as the master user.
 */
export function databaseUserProblems(manifests: readonly Manifest[]): string[] {
  const onRds = manifests.filter(
    ({ kind, metadata, data }) => kind === 'ConfigMap' && metadata.labels?.database === 'rds' && data,
  );
  return [
    ...manifests
      .filter((one) => !isMigration(one) && knowsAdmin(one))
      .map((one) => `${nameOf(one)}: knows the master user`),
    ...onRds.flatMap((config) => [
      ...(isSetUp(config, manifests) ? [] : [`${nameOf(config)}: no migration sets up its user`]),
      ...['DB_NAME', 'DB_USERNAME']
        .filter((name) => onRds.some((other) => other !== config && other.data[name] === config.data[name]))
        .map((name) => `${nameOf(config)}: another namespace has the same ${name}`),
    ]),
  ];
}

const isMigration = ({ kind, metadata }: Manifest): boolean =>
  kind === 'Job' && metadata.name === 'usermgmt-migration';

function knowsAdmin(manifest: Manifest): boolean {
  if (manifest.kind === 'ConfigMap')
    return Object.keys(manifest.data ?? {}).some((name) => name.startsWith('DB_ADMIN_'));
  return JSON.stringify(podTemplateOf(manifest) ?? {}).includes(ADMIN_SECRET);
}

/** Whether a migration beside it has the master user, and it is another one. */
function isSetUp(config: Manifest, manifests: readonly Manifest[]): boolean {
  const migration = manifests.find(
    (one) => isMigration(one) && one.metadata.namespace === config.metadata.namespace,
  );
  const [container] = migration === undefined ? [] : podTemplateOf(migration).spec.containers;
  const admin = ((container?.env ?? []) as { name: string; value: string }[]).find(
    ({ name }) => name === 'DB_ADMIN_USERNAME',
  )?.value;
  return admin !== undefined && admin !== config.data.DB_USERNAME;
}
