import { AlbControllerVersion, KubernetesVersion } from 'aws-cdk-lib/aws-eks-v2';

/** Kubernetes of the control plane and the nodes. With it change kubectl in package.json and pipeline/install-kubectl.sh, and everything below. */
export const KUBERNETES = KubernetesVersion.V1_36;

/**
 * EKS add-ons, as they were offered for Kubernetes 1.36 in October 2026. What is offered now:
 * `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name NAME`.
 */
export const ADDONS = {
  'vpc-cni': 'v1.22.4-eksbuild.3',
  'kube-proxy': 'v1.36.0-eksbuild.25',
  'eks-pod-identity-agent': 'v1.3.10-eksbuild.3',
  coredns: 'v1.14.3-eksbuild.23',
  'aws-ebs-csi-driver': 'v1.65.0-eksbuild.1',
  'metrics-server': 'v0.9.0-eksbuild.11',
  'amazon-cloudwatch-observability': 'v6.2.0-eksbuild.1',
} as const;

/** Helm charts, for what EKS has no add-on or too few settings. */
export const CHARTS = {
  'aws-load-balancer-controller': AlbControllerVersion.V3_2_2,
  'external-dns': '1.22.0',
  'external-secrets': '2.11.0',
  'cluster-autoscaler': '9.59.0',
  'prometheus-operator-crds': '29.0.0',
  karpenter: '1.14.1',
} as const;

/** The autoscaler's minor version is that of the cluster. */
export const CLUSTER_AUTOSCALER_IMAGE = 'v1.36.1';
