import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import { justify, wildcards } from '../justify.ts';
import { justifyRights } from '../justify-rights.ts';

/** What a controller's rights are about. */
interface Scope {
  clusterArn: string;
  clusterName: string;
  nodeRoleArn: string;
  instanceProfileArn: string;
  queueArn: string;
}

const START = ['ec2:RunInstances', 'ec2:CreateFleet'];
const MADE = [
  'fleet',
  'instance',
  'volume',
  'network-interface',
  'launch-template',
  'spot-instances-request',
];
const USED = ['image', 'snapshot', 'security-group', 'subnet', 'capacity-reservation'];

const NODE_POOL = 'karpenter.sh/nodepool';

/** What Karpenter may do: only to what carries the tag of its cluster, and only with the one role for nodes. */
export function controllerStatements(stack: Stack, scope: Scope): PolicyStatement[] {
  const { region, partition } = stack;
  const ofCluster = `kubernetes.io/cluster/${scope.clusterName}`;
  const isTagged = (key: 'RequestTag' | 'ResourceTag') => ({
    StringEquals: { [`aws:${key}/${ofCluster}`]: 'owned' },
    StringLike: { [`aws:${key}/${NODE_POOL}`]: '*' },
  });
  const made = ec2Arns(stack, MADE);
  return [
    new PolicyStatement({ actions: START, resources: ec2Arns(stack, USED) }),
    new PolicyStatement({
      actions: START,
      resources: ec2Arns(stack, ['launch-template']),
      conditions: isTagged('ResourceTag'),
    }),
    new PolicyStatement({
      actions: [...START, 'ec2:CreateLaunchTemplate'],
      resources: made,
      conditions: isTagged('RequestTag'),
    }),
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: made,
      conditions: {
        StringEquals: {
          [`aws:RequestTag/${ofCluster}`]: 'owned',
          'ec2:CreateAction': ['RunInstances', 'CreateFleet', 'CreateLaunchTemplate'],
        },
        StringLike: { [`aws:RequestTag/${NODE_POOL}`]: '*' },
      },
    }),
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: ec2Arns(stack, ['instance']),
      conditions: {
        ...isTagged('ResourceTag'),
        'ForAllValues:StringEquals': {
          'aws:TagKeys': ['eks:eks-cluster-name', 'karpenter.sh/nodeclaim', 'Name'],
        },
      },
    }),
    new PolicyStatement({
      actions: ['ec2:TerminateInstances', 'ec2:DeleteLaunchTemplate'],
      resources: ec2Arns(stack, ['instance', 'launch-template']),
      conditions: isTagged('ResourceTag'),
    }),
    new PolicyStatement({
      actions: [
        'ec2:DescribeCapacityReservations',
        'ec2:DescribeImages',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeInstanceTypeOfferings',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeLaunchTemplates',
        'ec2:DescribePlacementGroups',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSpotPriceHistory',
        'ec2:DescribeSubnets',
        'iam:ListInstanceProfiles',
        'pricing:GetProducts',
      ],
      resources: ['*'],
    }),
    new PolicyStatement({
      actions: ['ssm:GetParameter'],
      resources: [`arn:${partition}:ssm:${region}::parameter/aws/service/*`],
    }),
    new PolicyStatement({
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
      resources: [scope.queueArn],
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [scope.nodeRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    }),
    new PolicyStatement({ actions: ['iam:GetInstanceProfile'], resources: [scope.instanceProfileArn] }),
    new PolicyStatement({ actions: ['eks:DescribeCluster'], resources: [scope.clusterArn] }),
  ];
}

/** Why the wildcards in it are right. */
export function justifyController(stack: Stack, role: IRole): void {
  const { region, partition } = stack;
  justify(role, {
    ...wildcards(['*'], 'These actions describe, and know no resources.'),
    ...wildcards(
      ec2Arns(stack, MADE),
      'EC2 makes up the ids of what Karpenter makes; the tags keep others out.',
    ),
    ...wildcards(ec2Arns(stack, USED), 'What instances are made from: none of it is changed.'),
    ...wildcards([`arn:${partition}:ssm:${region}::parameter/aws/service/*`], 'The public list of images.'),
  });
  // https://karpenter.sh/docs/reference/cloudformation/
  justifyRights(role, {
    '*': 'It runs where EC2 makes nodes only: what its own CloudFormation template gives it.',
  });
}

/** Images, snapshots and what is made while an instance starts are written without an account. */
function ec2Arns({ partition, region }: Stack, kinds: readonly string[]): string[] {
  return kinds.map((kind) => `arn:${partition}:ec2:${region}:*:${kind}/*`);
}
