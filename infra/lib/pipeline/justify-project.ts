import { Stack, type CfnElement } from 'aws-cdk-lib';
import type { PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { justify, wildcards } from '../justify.ts';
import { justifyRights } from '../justify-rights.ts';

/** What cdk-nag finds in the rights that the CDK gives to every CodeBuild project, and what CodeBuild does with them. */
export function justifyProject(project: PipelineProject): void {
  const stack = Stack.of(project);
  const id = stack.resolve((project.node.defaultChild as CfnElement).logicalId) as string;
  const { region, account } = stack;
  justify(project, {
    ...wildcards(
      [`arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/<${id}>:*`],
      'The log streams of this project.',
    ),
    ...wildcards(
      [`arn:aws:codebuild:${region}:${account}:report-group/<${id}>-*`],
      'The test reports of this project.',
    ),
    ...wildcards(
      ['arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*'],
      'CodeBuild makes a network interface in the VPC for each run.',
    ),
  });
  // https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
  justifyRights(project, {
    'logs:*': 'CodeBuild writes the log.',
    's3:*': 'CodeBuild fetches the sources, and stores what a build results in.',
    'kms:*': 'The same, since both are encrypted.',
  });
}
