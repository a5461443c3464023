import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { removalPolicy } from './removal-policy.ts';

/** A log group that forgets after the time that the configuration says. */
export function logGroup(scope: Construct, id: string, config: Config, name?: string): LogGroup {
  return new LogGroup(scope, id, {
    retention: RetentionDays[config.keepLogs],
    removalPolicy: removalPolicy(config),
    ...(name !== undefined && { logGroupName: name }),
  });
}
