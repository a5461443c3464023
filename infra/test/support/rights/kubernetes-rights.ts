import type { SynthesizedAccount } from './synthesized-account.ts';

/** What a group may do in the cluster: rules of RBAC, each with where it holds. */
export interface KubernetesRule {
  /** Undefined: in all, and on what belongs to none. */
  namespace: string | undefined;
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

interface Binding {
  kind: string;
  metadata: { name: string; namespace?: string };
  subjects: { kind: string; name: string }[];
  roleRef: { kind: string; name: string };
}

interface RbacRole {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules: Omit<KubernetesRule, 'namespace'>[];
}

/** The rules that the manifests of the stacks bind to a group. */
export function rulesOf(account: SynthesizedAccount, group: string): KubernetesRule[] {
  const objects = account.manifests as (Binding & RbacRole)[];
  return objects
    .filter(({ kind, subjects }) => kind.endsWith('Binding') && subjects.some(({ name }) => name === group))
    .flatMap((binding) => {
      const { namespace } = binding.metadata;
      const role = objects.find(
        ({ kind, metadata }) =>
          kind === binding.roleRef.kind &&
          metadata.name === binding.roleRef.name &&
          (kind === 'ClusterRole' || metadata.namespace === namespace),
      );
      if (role === undefined) throw new Error(`${binding.metadata.name} binds no role that is known`);
      return role.rules.map((rule) => ({ ...rule, namespace }));
    });
}

/** Whether a rule is about some object: of a kind, in a namespace if the kind has any. */
export function isAbout(
  { namespace, apiGroups, resources, resourceNames }: KubernetesRule,
  object: { apiGroup: string; resource: string; name?: string; namespace?: string },
): boolean {
  const has = (list: readonly string[], wanted: string): boolean =>
    list.includes('*') || list.includes(wanted);
  return (
    (namespace === undefined || namespace === object.namespace) &&
    has(apiGroups, object.apiGroup) &&
    has(resources, object.resource) &&
    (resourceNames === undefined || object.name === undefined || resourceNames.includes(object.name))
  );
}
