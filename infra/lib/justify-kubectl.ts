import { Stack, type CfnElement } from 'aws-cdk-lib';
import type { Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { justify, managedPolicies } from './justify.ts';
import { justifyRights } from './justify-rights.ts';

const FUNCTION = 'A function of the CDK, which applies manifests and charts while a stack is deployed.';

/** What cdk-nag finds in the CDK's own functions for kubectl and Helm. */
export function justifyKubectl(cluster: Cluster): void {
  const provider = cluster.node.findChild('KubectlProvider');
  const handler = provider.node.findChild('Handler');
  const idOf = (element: CfnElement) => Stack.of(cluster).resolve(element.logicalId) as string;
  const handlerId = idOf(handler.node.defaultChild as CfnElement);
  const publicRegistry = JSON.stringify({
    'Fn::If': [
      idOf(handler.node.findChild('HasEcrPublic') as CfnElement),
      {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly',
          ],
        ],
      },
      { Ref: 'AWS::NoValue' },
    ],
  });
  justify(provider, {
    ...managedPolicies(
      [
        'service-role/AWSLambdaBasicExecutionRole',
        'service-role/AWSLambdaVPCAccessExecutionRole',
        'AmazonEC2ContainerRegistryReadOnly',
      ],
      `${FUNCTION} It logs, runs in the VPC and reads charts.`,
    ),
    [`AwsSolutions-IAM4[Policy::${publicRegistry}]`]: `${FUNCTION} It reads public charts.`,
    'AwsSolutions-L1': `${FUNCTION} Its runtime is that of the CDK's version.`,
    [`AwsSolutions-IAM5[Resource::<${handlerId}.Arn>:*]`]: `${FUNCTION} It may call any version of its other half.`,
  });
  justifyRights(provider, { '*': FUNCTION });
}
