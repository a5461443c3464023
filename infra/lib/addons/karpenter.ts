import { Stack } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry, HelmChart, KubernetesManifest, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { CfnInstanceProfile, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { NodeGroupConfig } from '../config/cluster.ts';
import { justify, managedPolicies } from '../justify.ts';
import { NODE_POLICIES } from '../node-group.ts';
import { PodRole } from '../pod-role.ts';
import { CHARTS } from '../versions.ts';
import { interruptionQueue } from './karpenter-interruptions.ts';
import { controllerStatements, justifyController } from './karpenter-policy.ts';

const NAME = 'karpenter';
const NAMESPACE = 'kube-system';
/** So much may be added by itself; what is more is an accident. */
const MOST_CPUS = '64';

/**
 * Karpenter: makes nodes that fit the pods that wait, and replaces them by fewer when they are idle. It runs on the
 * node group, which stays as it is.
 *
 * @param clusterName as text, because tags are found by it
 * @param like what the nodes of the group are: architecture and disk are taken from it
 */
export function karpenter(
  scope: Construct,
  cluster: Cluster,
  clusterName: string,
  like: NodeGroupConfig,
): HelmChart {
  const profile = nodeProfile(scope, cluster);
  const queue = interruptionQueue(scope);
  const role = new PodRole(scope, 'Karpenter', { cluster, namespace: NAMESPACE, serviceAccount: NAME });
  for (const statement of controllerStatements(Stack.of(scope), {
    clusterArn: cluster.clusterArn,
    clusterName,
    nodeRoleArn: profile.role.roleArn,
    instanceProfileArn: profile.instanceProfile.attrArn,
    queueArn: queue.queueArn,
  })) {
    role.addToPolicy(statement);
  }
  justifyController(Stack.of(scope), role);
  const chart = new HelmChart(scope, 'KarpenterChart', {
    cluster,
    chart: NAME,
    repository: 'oci://public.ecr.aws/karpenter/karpenter',
    version: CHARTS.karpenter,
    release: NAME,
    namespace: NAMESPACE,
    // Its kinds of objects must be there before the two below are.
    wait: true,
    values: {
      settings: { clusterName, interruptionQueue: queue.queueName },
      serviceAccount: { name: NAME },
    },
  });
  chart.node.addDependency(role);
  // Deleted before the chart, so that Karpenter itself still takes its nodes away.
  new KubernetesManifest(scope, 'KarpenterNodes', {
    cluster,
    manifest: [nodeClass(cluster, profile.instanceProfile.ref, like.diskGib), nodePool(like.architecture)],
  }).node.addDependency(chart);
  return chart;
}

/** What Karpenter's nodes are, as of a managed group; EKS lets them join by an access entry. */
function nodeProfile(scope: Construct, cluster: Cluster) {
  const role = new Role(scope, 'KarpenterNode', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    managedPolicies: NODE_POLICIES.map((policy) => ManagedPolicy.fromAwsManagedPolicyName(policy)),
  });
  justify(
    role,
    managedPolicies(NODE_POLICIES, 'The policies that AWS keeps for nodes, as of the node groups.'),
  );
  new CfnAccessEntry(scope, 'KarpenterNodeAccess', {
    clusterName: cluster.clusterName,
    principalArn: role.roleArn,
    type: 'EC2_LINUX',
  });
  const instanceProfile = new CfnInstanceProfile(scope, 'KarpenterNodeProfile', { roles: [role.roleName] });
  return { role, instanceProfile };
}

function nodeClass(cluster: Cluster, instanceProfile: string, diskGib: number) {
  const { subnetIds } = cluster.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS });
  return {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: 'default' },
    spec: {
      instanceProfile,
      // A newer image replaces the nodes, a few at a time.
      amiSelectorTerms: [{ alias: 'al2023@latest' }],
      subnetSelectorTerms: subnetIds.map((id) => ({ id })),
      securityGroupSelectorTerms: [{ id: cluster.clusterSecurityGroupId }],
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeSize: `${diskGib}Gi`, volumeType: 'gp3', encrypted: true, deleteOnTermination: true },
        },
      ],
    },
  };
}

function nodePool(architecture: string) {
  const isIn = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: 'default' },
    spec: {
      template: {
        spec: {
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements: [
            isIn('kubernetes.io/arch', architecture),
            isIn('karpenter.sh/capacity-type', 'spot', 'on-demand'),
            isIn('karpenter.k8s.aws/instance-category', 'c', 'm', 'r'),
            { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['5'] },
          ],
          expireAfter: '720h',
        },
      },
      limits: { cpu: MOST_CPUS },
      disruption: { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '5m' },
    },
  };
}
