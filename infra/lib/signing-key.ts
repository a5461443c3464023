import { CfnOutput } from 'aws-cdk-lib';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { justify } from './justify.ts';
import { outputName } from './output-name.ts';
import { removalPolicy } from './removal-policy.ts';

/**
 * The secret with the key that signs the tokens of one namespace: one of staging is worth nothing in production. At
 * first it holds no key. An operator puts one there (docs/deploy-to-aws.md).
 */
export function signingKey(scope: Construct, namespace: string, config: Config): ISecret {
  const secret = new Secret(scope, `${namespace}-signing-key`, {
    description: `PEM file with the private key that signs the tokens of ${namespace}`,
    removalPolicy: removalPolicy(config),
  });
  justify(secret, {
    'AwsSolutions-SMG4': 'A key is replaced by three rollouts (docs/operations.md), not by a function.',
  });
  new CfnOutput(scope, outputName(namespace, 'signing-key-secret-arn'), { value: secret.secretArn });
  return secret;
}
