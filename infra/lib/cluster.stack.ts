import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AccessPolicy,
  AccessScopeType,
  Cluster,
  ClusterLoggingTypes,
  DefaultCapacityType,
  EndpointAccess,
} from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { eksAddon } from './addons/eks-addon.ts';
import type { Config } from './config/config.ts';
import { fargateProfiles } from './fargate-profiles.ts';
import { justify, managedPolicies } from './justify.ts';
import { justifyKubectl } from './justify-kubectl.ts';
import { logGroup, setRetention } from './log-group.ts';
import { NodeGroup } from './node-group.ts';
import { PodRole } from './pod-role.ts';
import { removalPolicy } from './removal-policy.ts';
import { KUBERNETES } from './versions.ts';

/** EKS: the control plane, who may use it, and what its pods run on. */
export class ClusterStack extends Stack {
  readonly cluster: Cluster;
  readonly nodeGroups: NodeGroup[] = [];

  constructor(scope: Construct, id: string, config: Config, vpc: IVpc, props: StackProps) {
    super(scope, id, props);
    this.cluster = this.makeCluster(config, vpc);
    this.grantAdministrators(config.cluster.administrators);
    this.addNodes(config.cluster);
    if (config.cluster.fargate) fargateProfiles(this, this.cluster);
    new CfnOutput(this, 'ClusterName', { value: this.cluster.clusterName });
    new CfnOutput(this, 'ClusterIssuer', { value: this.cluster.clusterOpenIdConnectIssuerUrl });
  }

  private makeCluster(config: Config, vpc: IVpc): Cluster {
    const { name, publicAccess } = config.cluster;
    const logs = logGroup(this, 'ControlPlaneLogs', config, `/aws/eks/${name}/cluster`);
    const key = new Key(this, 'SecretsKey', {
      description: `Secrets of the cluster ${name}`,
      enableKeyRotation: true,
      removalPolicy: removalPolicy(config),
    });
    const cluster = new Cluster(this, 'Cluster', {
      clusterName: name,
      version: KUBERNETES,
      vpc,
      vpcSubnets: [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }],
      endpointAccess:
        publicAccess.length > 0
          ? EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom(...publicAccess)
          : EndpointAccess.PRIVATE,
      secretsEncryptionKey: key,
      clusterLogging: Object.values(ClusterLoggingTypes),
      // The default of the CDK is Auto Mode, to which storage, NetworkPolicies and DNS of the overlays do not fit.
      defaultCapacityType: DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      bootstrapSelfManagedAddons: false,
      // Rights come from access entries only, not from having made the cluster.
      bootstrapClusterCreatorAdminPermissions: false,
      kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(this, 'Kubectl') },
    });
    cluster.node.addDependency(logs);
    justify(
      cluster.role,
      managedPolicies(['AmazonEKSClusterPolicy'], 'The policy that AWS keeps for the control plane of EKS.'),
    );
    justify(cluster, {
      'CloudFormation-Validate::W9009': 'The CDK writes encryptionConfig.resources, and EKS still reads it.',
    });
    if (publicAccess.length > 0) {
      justify(cluster, {
        'AwsSolutions-EKS1': `The endpoint is open to ${publicAccess.join(', ')} only, and asks everybody for credentials.`,
      });
    }
    justifyKubectl(cluster);
    for (const group of cluster.node.findAll().filter((child) => child instanceof LogGroup)) {
      setRetention(group, config);
    }
    return cluster;
  }

  private grantAdministrators(roles: readonly string[]): void {
    for (const [index, arn] of roles.entries()) {
      this.cluster.grantAccess(`Administrator${index + 1}`, arn, [
        AccessPolicy.fromAccessPolicyName('AmazonEKSClusterAdminPolicy', {
          accessScopeType: AccessScopeType.CLUSTER,
        }),
      ]);
    }
  }

  private addNodes({ name, privateNodes, publicNodes }: Config['cluster']): void {
    const { cluster } = this;
    const cni = new PodRole(this, 'VpcCni', {
      cluster,
      namespace: 'kube-system',
      serviceAccount: 'aws-node',
    });
    cni.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AmazonEKS_CNI_Policy'));
    justify(cni, managedPolicies(['AmazonEKS_CNI_Policy'], 'The policy that AWS keeps for the pod network.'));
    const network = eksAddon(this, cluster, 'vpc-cni', { enableNetworkPolicy: 'true' });
    network.node.addDependency(cni);
    // A node is ready only with its network, so these come first.
    const first = [
      network,
      eksAddon(this, cluster, 'kube-proxy'),
      eksAddon(this, cluster, 'eks-pod-identity-agent'),
    ];
    if (privateNodes) {
      this.nodeGroups.push(
        new NodeGroup(this, 'PrivateNodes', {
          cluster,
          name: `${name}-ng-private1`,
          nodes: privateNodes,
          subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
        }),
      );
    }
    if (publicNodes) {
      this.nodeGroups.push(
        new NodeGroup(this, 'PublicNodes', {
          cluster,
          name: `${name}-ng-public1`,
          nodes: publicNodes,
          subnets: { subnetType: SubnetType.PUBLIC },
        }),
      );
    }
    for (const nodes of this.nodeGroups) nodes.node.addDependency(...first);
  }
}
