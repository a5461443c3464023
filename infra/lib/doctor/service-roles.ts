import { strings, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { ok, toDo, type Check } from './verdict.ts';

/** Services that create their role at their first use, and the type of resource that uses them. */
const AUTOMATIC: Record<string, string> = {
  'eks.amazonaws.com': 'AWS::EKS::Cluster',
  'eks-nodegroup.amazonaws.com': 'AWS::EKS::Nodegroup',
  'autoscaling.amazonaws.com': 'AWS::EKS::Nodegroup',
  'eks-fargate.amazonaws.com': 'AWS::EKS::FargateProfile',
  'rds.amazonaws.com': 'AWS::RDS::DBInstance',
  'elasticloadbalancing.amazonaws.com': 'AWS::EKS::Cluster',
};

/** The roles that AWS services act with. */
export function serviceRoles(plan: Plan, ask: Ask): Check {
  const automatic = Object.entries(AUTOMATIC).flatMap(([service, type]) => (plan.has(type) ? service : []));
  const manual: [service: string, reason: string][] = [];
  // AWS creates it in the background with the first rule, which fails until then: https://github.com/aws/aws-cdk/issues/34406
  if (plan.has('AWS::CodeStarNotifications::NotificationRule')) {
    const reason = 'else the first rule fails: AWS creates the role with it, in up to 15 minutes';
    manual.push(['codestar-notifications.amazonaws.com', reason]);
  }
  // Karpenter has no right to create it: https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/
  if (plan.config.cluster.scaling === 'karpenter') {
    manual.push(['spot.amazonaws.com', 'Karpenter has no right to create it']);
    // Auto Scaling has: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AutoScalingServiceRolePolicy.html
  } else if (plan.nodeGroups.some(({ CapacityType }) => CapacityType === 'SPOT')) {
    automatic.push('spot.amazonaws.com');
  }
  const run = async () => {
    const paths = await ask(strings, 'iam list-roles --path-prefix /aws-service-role/', 'Roles[].Path');
    const isMissing = (service: string) => !paths.includes(`/aws-service-role/${service}/`);
    const later = automatic.filter(isMissing);
    return [
      ...manual
        .filter(([service]) => isMissing(service))
        .map(([service, reason]) =>
          toDo(`aws iam create-service-linked-role --aws-service-name ${service} (${reason})`),
        ),
      ok(
        later.length === 0
          ? 'all exist that services create'
          : `created at the first use: ${later.join(', ')}`,
      ),
    ];
  };
  return { title: 'service-linked roles', run };
}
