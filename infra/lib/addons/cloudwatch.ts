import type { CfnAddon, ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Config } from '../config/config.ts';
import { justify, managedPolicies } from '../justify.ts';
import { logGroup } from '../log-group.ts';
import { PodRole } from '../pod-role.ts';
import { eksAddon } from './eks-addon.ts';

const POLICY = 'CloudWatchAgentServerPolicy';

/**
 * Container Insights, with logs by Fluent Bit, in the mode "enhanced" (also called classic): it writes the log group
 * `performance` and the metrics node_cpu_utilization and so on, which the dashboard and the alarms ask for. The mode
 * "OTel" has other names.
 */
export function cloudWatch(scope: Construct, cluster: ICluster, config: Config): CfnAddon {
  const role = new PodRole(scope, 'CloudWatchAgent', {
    cluster,
    namespace: 'amazon-cloudwatch',
    serviceAccount: 'cloudwatch-agent',
  });
  role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(POLICY));
  justify(role, managedPolicies([POLICY], 'The policy that AWS keeps for the agent.'));
  const addon = eksAddon(scope, cluster, 'amazon-cloudwatch-observability', {
    otelContainerInsights: { enabled: false },
    containerLogs: { enabled: true },
    agent: {
      config: { logs: { metrics_collected: { kubernetes: { enhanced_container_insights: true } } } },
    },
  });
  addon.node.addDependency(role);
  // The agent would make the groups itself, and keep what is in them for ever.
  for (const name of ['application', 'performance', 'dataplane', 'host'] as const) {
    addon.node.addDependency(
      logGroup(scope, `${name}-logs`, config, containerInsightsLogGroup(config.cluster.name, name)),
    );
  }
  return addon;
}

/** The name that the agent gives to the log group with what pods write (`application`), or with another kind of lines. */
export function containerInsightsLogGroup(
  clusterName: string,
  kind: 'application' | 'performance' | 'dataplane' | 'host',
): string {
  return `/aws/containerinsights/${clusterName}/${kind}`;
}
