import { Tags } from 'aws-cdk-lib';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { CapacityType, Nodegroup, NodegroupAmiType, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { NodeGroupConfig } from './config/cluster.ts';
import { justify, managedPolicies } from './justify.ts';

/** What a node may do by itself; what pods may do, their own roles say. */
export const NODE_POLICIES = [
  'AmazonEKSWorkerNodePolicy',
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonSSMManagedInstanceCore',
];

export interface NodeGroupProps {
  cluster: ICluster;
  name: string;
  nodes: NodeGroupConfig;
  subnets: SubnetSelection;
}

/** Managed nodes with Amazon Linux 2023, reached by Session Manager and not by SSH. */
export class NodeGroup extends Construct {
  readonly group: Nodegroup;
  readonly role: Role;

  constructor(scope: Construct, id: string, { cluster, name, nodes, subnets }: NodeGroupProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: NODE_POLICIES.map((policy) => ManagedPolicy.fromAwsManagedPolicyName(policy)),
    });
    justify(
      this.role,
      managedPolicies(
        NODE_POLICIES,
        'The policies that AWS keeps for nodes: join the cluster, pull images, Session Manager.',
      ),
    );
    const template = new LaunchTemplate(this, 'Template', {
      // Pods cannot become the node: answers to requests for its credentials do not travel a second hop.
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(nodes.diskGib, {
            volumeType: EbsDeviceVolumeType.GP3,
            encrypted: true,
          }),
        },
      ],
    });
    Tags.of(template).add('Name', name);
    this.group = new Nodegroup(this, 'Nodes', {
      cluster,
      // No nodegroupName: a change of instance types, architecture or capacity replaces the group, and CloudFormation
      // creates the new one before it deletes the old one, which would still have the name.
      nodeRole: this.role,
      subnets,
      instanceTypes: nodes.instanceTypes.map((type) => new InstanceType(type)),
      amiType:
        nodes.architecture === 'arm64'
          ? NodegroupAmiType.AL2023_ARM_64_STANDARD
          : NodegroupAmiType.AL2023_X86_64_STANDARD,
      capacityType: nodes.capacity === 'spot' ? CapacityType.SPOT : CapacityType.ON_DEMAND,
      minSize: nodes.min,
      desiredSize: nodes.desired,
      maxSize: nodes.max,
      maxUnavailable: 1,
      enableNodeAutoRepair: true,
      // An update waits for the pods' disruption budgets.
      forceUpdate: false,
      launchTemplateSpec: {
        id: template.launchTemplateId ?? '',
        version: template.latestVersionNumber,
      },
    });
  }
}
