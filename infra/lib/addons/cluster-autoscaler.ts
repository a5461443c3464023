import { Stack } from 'aws-cdk-lib';
import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { justify, wildcards } from '../justify.ts';
import { justifyRights } from '../justify-rights.ts';
import { PodRole } from '../pod-role.ts';
import { CHARTS, CLUSTER_AUTOSCALER_IMAGE } from '../versions.ts';

const NAME = 'cluster-autoscaler';

/**
 * Cluster Autoscaler: gives the node groups more nodes when pods wait, and takes back what is idle.
 *
 * @param clusterName as text, because tags are found by it
 */
export function clusterAutoscaler(scope: Construct, cluster: ICluster, clusterName: string): HelmChart {
  const role = new PodRole(scope, 'ClusterAutoscaler', {
    cluster,
    namespace: 'kube-system',
    serviceAccount: NAME,
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeAutoScalingInstances',
        'autoscaling:DescribeLaunchConfigurations',
        'autoscaling:DescribeScalingActivities',
        'ec2:DescribeImages',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:GetInstanceTypesFromInstanceRequirements',
      ],
      resources: ['*'],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({ actions: ['eks:DescribeNodegroup'], resources: [nodeGroups(scope, clusterName)] }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      resources: [scalingGroups(scope)],
      conditions: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: 'owned' } },
    }),
  );
  justify(role, {
    ...wildcards(['*'], 'These actions describe, and know no resources.'),
    ...wildcards(
      [nodeGroups(scope, clusterName), scalingGroups(scope)],
      'EKS makes up the names of the groups; the tag keeps those of other clusters out.',
    ),
  });
  // https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
  justifyRights(role, { '*': 'It runs beside node groups only: what its own README asks for.' });
  const chart = new HelmChart(scope, 'ClusterAutoscalerChart', {
    cluster,
    chart: NAME,
    repository: 'https://kubernetes.github.io/autoscaler',
    version: CHARTS[NAME],
    release: NAME,
    namespace: 'kube-system',
    values: {
      cloudProvider: 'aws',
      awsRegion: Stack.of(scope).region,
      autoDiscovery: { clusterName },
      image: { tag: CLUSTER_AUTOSCALER_IMAGE },
      rbac: { serviceAccount: { name: NAME } },
      extraArgs: {
        expander: 'least-waste',
        'balance-similar-node-groups': true,
        'skip-nodes-with-local-storage': false,
        'skip-nodes-with-system-pods': false,
      },
    },
  });
  chart.node.addDependency(role);
  return chart;
}

function nodeGroups(scope: Construct, clusterName: string): string {
  return Stack.of(scope).formatArn({
    service: 'eks',
    resource: 'nodegroup',
    resourceName: `${clusterName}/*`,
  });
}

function scalingGroups(scope: Construct): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/eks-*`;
}
