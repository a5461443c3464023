/**
 * The labels that the overlays give their namespace (k8s/components/namespace and pod-readiness-gate): a deployment may
 * not change them. The last one has an effect only where a load balancer has pods as its targets.
 */
export const NAMESPACE_LABELS = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
  'pod-security.kubernetes.io/audit': 'restricted',
  'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled',
};
