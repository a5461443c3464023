import type { CfnElement, Stack } from 'aws-cdk-lib';
import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { justify, wildcards } from '../justify.ts';
import { justifyRights } from '../justify-rights.ts';

/** The CDK's own lists of what reading and writing a bucket, or using a key, is made of. */
const GRANTED = [
  's3:Abort*',
  's3:DeleteObject*',
  's3:GetBucket*',
  's3:GetObject*',
  's3:List*',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
];

/** What cdk-nag finds in the rights that the CDK gives to a pipeline and its projects. */
export function justifyPipeline(stack: Stack, pipeline: Pipeline, artifacts: Bucket): void {
  const bucketId = stack.resolve((artifacts.node.defaultChild as CfnElement).logicalId) as string;
  justify(stack, {
    ...Object.fromEntries(
      GRANTED.map((action) => [
        `AwsSolutions-IAM5[Action::${action}]`,
        'Each is of one kind of work, on the one bucket and the one key of the pipeline.',
      ]),
    ),
    ...wildcards([`<${bucketId}.Arn>/*`], 'The objects of the pipeline: it makes up their names.'),
  });
  justify(artifacts, {
    'AwsSolutions-S1': 'Only the roles of the pipeline reach it, and what is in it is gone after a month.',
  });
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
  justifyRights(pipeline, {
    '*': 'CodePipeline itself has these roles: what the CDK gives it for its actions.',
  });
}
