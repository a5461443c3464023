import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { FargateProfile, type Cluster, type Selector } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { justify, managedPolicies } from './justify.ts';

const POLICY = 'AmazonEKSFargatePodExecutionRolePolicy';

/** The course's profiles: which pods run on Fargate. */
const PROFILES: Record<string, Selector> = {
  'fp-dev': { namespace: 'fp-dev' },
  'fp-app2': { namespace: 'ns-app2' },
  'fp-ums': { namespace: 'ns-ums', labels: { runon: 'fargate' } },
};

/** Fargate: pods without nodes, in private subnets, with one role that pulls their images. */
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
