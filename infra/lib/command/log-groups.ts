import type { Config } from '../config/config.ts';
import { STACKS, stackName } from '../stacks.ts';
import { aws } from './aws.ts';

/**
 * Deletes the log groups that a service has created again while it was being deleted, or that Lambda has made for the
 * functions of the CDK. The next deployment would find their names taken, and they would be kept for ever
 * (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2486).
 */
export function deleteLogGroups(config: Config): void {
  const { name, cluster, region } = config;
  const prefixes = [
    `/aws/eks/${cluster.name}/`,
    `/aws/containerinsights/${cluster.name}/`,
    `/aws/rds/instance/${name}-usermgmtdb/`,
    ...STACKS.map((id) => `/aws/lambda/${stackName(config, id)}-`),
  ];
  for (const prefix of prefixes) {
    const { logGroups } = aws(region, 'logs', 'describe-log-groups', '--log-group-name-prefix', prefix) as {
      logGroups: { logGroupName: string }[];
    };
    for (const { logGroupName } of logGroups) {
      process.stdout.write(`deleting the log group ${logGroupName}, which a service has made again\n`);
      aws(region, 'logs', 'delete-log-group', '--log-group-name', logGroupName);
    }
  }
}
