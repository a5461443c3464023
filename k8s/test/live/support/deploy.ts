import type { Combination } from '../../support/combinations.ts';
import { EXAMPLE_SETTINGS } from '../../support/example-settings.ts';
import { Kustomize, type Manifest } from '../../support/kustomize.ts';
import { move } from '../../support/move.ts';
import { type Namespace, PREFIX } from './namespace.ts';

/** Longer than the Deployments' progressDeadlineSeconds, which then give the reason. */
const TIMEOUT = '--timeout=300s';
/** The database first, then the migration, then what waits for it; as `npm run k8s -- apply` does. */
const ORDER = ['StatefulSet', 'Job', 'Deployment'];
/** With the images that were built here. */
const SETTINGS = {
  ...EXAMPLE_SETTINGS,
  USER_MANAGEMENT_IMAGE: 'usermgmt/user-management:V1',
  USER_MANAGEMENT_CANARY_IMAGE: 'usermgmt/user-management:V2',
  NOTIFICATION_IMAGE: 'usermgmt/notification:V1',
  NOTIFICATION_CANARY_IMAGE: 'usermgmt/notification:V2',
};

/** What to deploy: an overlay by its name, or components that are put together here. */
export type Deployable = string | Combination;

/**
 * The objects, in namespaces of the tests.
 *
 * @param usermgmt takes those whose namespace is `usermgmt`
 */
export function objectsOf(what: Deployable, usermgmt?: Namespace): Manifest[] {
  const kustomize = new Kustomize(SETTINGS);
  try {
    const objects = kustomize.make(
      typeof what === 'string' ? { name: `overlays/${what}` } : { name: 'live', combination: what },
    );
    const rename = (name: string): string =>
      name === 'usermgmt' && usermgmt !== undefined ? usermgmt.name : `${PREFIX}${name}`;
    return objects.map((object) => move(object, rename));
  } finally {
    kustomize.remove();
  }
}

/** Applies it and waits until it runs; quick if it does already. */
export function deploy(namespace: Namespace, what: Deployable): void {
  applyAndWait(namespace, objectsOf(what, namespace));
}

/** Applies objects and waits until they run, wherever they are. @param namespace whose kubectl does it */
export function applyAndWait(namespace: Namespace, objects: readonly Manifest[]): void {
  if (!namespace.tryApply(objects)) {
    // A Job cannot be changed: `npm run k8s -- apply` deletes one of another version, too.
    namespace.run('kubectl delete jobs --all');
    namespace.apply(objects);
  }
  for (const kind of ORDER) {
    for (const { metadata } of objects.filter((object) => object.kind === kind)) {
      const target = `${kind.toLowerCase()}/${metadata.name} --namespace ${metadata.namespace} ${TIMEOUT}`;
      namespace.run(
        kind === 'Job'
          ? `kubectl wait --for=condition=complete ${target}`
          : `kubectl rollout status ${target}`,
      );
    }
  }
  for (const name of new Set(objects.map(({ metadata }) => metadata.namespace ?? namespace.name))) {
    waitUntilEnded(namespace, name);
  }
}

/** A rollout does not wait for the pods it replaces: they still answer whoever has kept a connection to them. */
function waitUntilEnded(namespace: Namespace, name: string): void {
  const ending = namespace
    .get(`pods --namespace ${name}`)
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => `pod/${metadata.name}`);
  if (ending.length === 0) return;
  namespace.run(`kubectl wait --for=delete ${ending.join(' ')} --namespace ${name} --timeout=90s`);
}
