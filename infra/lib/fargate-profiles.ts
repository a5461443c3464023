import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { FargateProfile, type Cluster, type Selector } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { justify, managedPolicies, wildcards } from './justify.ts';
import { justifyRights } from './justify-rights.ts';

const POLICY = 'AmazonEKSFargatePodExecutionRolePolicy';

/** Where k8s/components/fargate-logging sends the logs of all pods on Fargate. */
const LOG_GROUP = '/aws/eks/usermgmt/fargate';

/** The course's profiles: which pods run on Fargate. */
const PROFILES: Record<string, Selector> = {
  'fp-dev': { namespace: 'fp-dev' },
  'fp-app2': { namespace: 'ns-app2' },
  'fp-ums': { namespace: 'ns-ums', labels: { runon: 'fargate' } },
};

/** Fargate: pods without nodes, in private subnets, with one role that pulls their images and writes their logs. */
export function fargateProfiles(scope: Construct, cluster: Cluster): void {
  const role = new Role(scope, 'FargatePods', {
    assumedBy: new ServicePrincipal('eks-fargate-pods.amazonaws.com', {
      conditions: {
        ArnLike: {
          'aws:SourceArn': Stack.of(scope).formatArn({
            service: 'eks',
            resource: 'fargateprofile',
            resourceName: `${cluster.clusterName}/*`,
          }),
        },
      },
    }),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(POLICY)],
  });
  justify(role, managedPolicies([POLICY], 'The policy that AWS keeps for pulling images on Fargate.'));
  mayWriteLogs(role);
  for (const [name, selector] of Object.entries(PROFILES)) {
    new FargateProfile(scope, name, {
      cluster,
      fargateProfileName: name,
      selectors: [selector],
      podExecutionRole: role,
      vpc: cluster.vpc,
      subnetSelection: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    });
  }
}

/** What Fargate's log router does: https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html */
function mayWriteLogs(role: Role): void {
  const logGroup = Stack.of(role).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: LOG_GROUP,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'logs:CreateLogGroup',
        'logs:PutRetentionPolicy',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
      ],
      resources: [logGroup, `${logGroup}:*`],
    }),
  );
  justify(role, wildcards([`${logGroup}:*`], 'The streams of that one group; each is named after its pod.'));
  justifyRights(role, { 'logs:*': 'The log router of Fargate runs nowhere else.' });
}
