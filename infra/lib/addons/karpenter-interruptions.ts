import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { justify } from '../justify.ts';

/** What AWS says before it takes an instance away. */
const EVENTS = {
  SpotInterruption: ['aws.ec2', 'EC2 Spot Instance Interruption Warning'],
  Rebalance: ['aws.ec2', 'EC2 Instance Rebalance Recommendation'],
  StateChange: ['aws.ec2', 'EC2 Instance State-change Notification'],
  Health: ['aws.health', 'AWS Health Event'],
} as const;

/** The queue that Karpenter reads, to move pods before their node is gone. */
export function interruptionQueue(scope: Construct): Queue {
  const queue = new Queue(scope, 'Interruptions', {
    // A warning of a spot instance is two minutes old at most; later ones are of no use.
    retentionPeriod: Duration.minutes(5),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  justify(queue, {
    'AwsSolutions-SQS3': 'An event that could not be handled in five minutes is of no use to anybody.',
  });
  for (const [name, [source, detailType]] of Object.entries(EVENTS)) {
    new Rule(scope, name, {
      eventPattern: { source: [source], detailType: [detailType] },
      targets: [new SqsQueue(queue)],
    });
  }
  return queue;
}
