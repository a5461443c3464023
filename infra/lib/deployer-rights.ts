/** The group that the pipeline belongs to in the cluster, of those who may deploy to a namespace. */
export function deployersOf(namespace: string): string {
  return `deployers:${namespace}`;
}

const WRITE = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/**
 * What the pipeline needs in a namespace beside AmazonEKSEditPolicy, which knows nothing of other people's kinds of
 * objects, and nothing of the namespace itself.
 */
export function deployerRights(namespace: string): Record<string, unknown>[] {
  const subjects = [{ kind: 'Group', name: deployersOf(namespace), apiGroup: 'rbac.authorization.k8s.io' }];
  const name = 'deployer';
  const clusterName = `${name}-${namespace}`;
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name, namespace },
      rules: [
        {
          apiGroups: [
            'external-secrets.io',
            'gateway.networking.k8s.io',
            'gateway.k8s.aws',
            'elbv2.k8s.aws',
            'autoscaling.k8s.io',
            'monitoring.coreos.com',
          ],
          resources: ['*'],
          verbs: WRITE,
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name, namespace },
      subjects,
      roleRef: { kind: 'Role', name, apiGroup: 'rbac.authorization.k8s.io' },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: clusterName },
      rules: [
        // Only to compare: the labels of a namespace switch Pod Security off, and classes are shared with the others.
        { apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get'] },
        // The overlays name these too; lib/addons/classes.ts has made them.
        {
          apiGroups: ['networking.k8s.io', 'elbv2.k8s.aws', 'storage.k8s.io'],
          resources: ['ingressclasses', 'ingressclassparams', 'storageclasses'],
          resourceNames: ['my-aws-ingress-class', 'ebs-sc'],
          verbs: ['get'],
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: clusterName },
      subjects,
      roleRef: { kind: 'ClusterRole', name: clusterName, apiGroup: 'rbac.authorization.k8s.io' },
    },
  ];
}
