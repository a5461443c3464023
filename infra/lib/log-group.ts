import { LogGroup, RetentionDays, type CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { removalPolicy } from './removal-policy.ts';

/** How long logs are kept, by what the configuration calls it. */
export const LOG_RETENTION = {
  'a week': RetentionDays.ONE_WEEK,
  'a month': RetentionDays.ONE_MONTH,
  'three months': RetentionDays.THREE_MONTHS,
  'a year': RetentionDays.ONE_YEAR,
} satisfies Record<Config['keepLogs'], RetentionDays>;

/** A log group that forgets after the time that the configuration says. */
export function logGroup(scope: Construct, id: string, config: Config, name?: string): LogGroup {
  return new LogGroup(scope, id, {
    retention: LOG_RETENTION[config.keepLogs],
    removalPolicy: removalPolicy(config),
    ...(name !== undefined && { logGroupName: name }),
  });
}

/** For a log group that the CDK adds by itself: it would be kept for two years, also when its stack is deleted. */
export function setRetention(group: LogGroup, config: Config): void {
  group.applyRemovalPolicy(removalPolicy(config));
  (group.node.defaultChild as CfnLogGroup).retentionInDays = LOG_RETENTION[config.keepLogs];
}
