import { CfnOutput } from 'aws-cdk-lib';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { justify } from './justify.ts';
import { outputName } from './output-name.ts';
import { removalPolicy } from './removal-policy.ts';

/**
 * A secret for each namespace that issues tokens, by its name: one of staging is worth nothing in production. What is in it at first
 * is no key; an operator puts one there (docs/deploy-to-aws.md).
 */
export function signingKeys(scope: Construct, config: Config): ReadonlyMap<string, ISecret> {
  const secrets = config.cluster.namespaces
    .filter(({ issuesTokens }) => issuesTokens)
    .map(({ name }) => {
      const secret = new Secret(scope, `${name}-signing-key`, {
        description: `PEM file with the private key that signs the tokens of ${name}`,
        removalPolicy: removalPolicy(config),
      });
      justify(secret, {
        'AwsSolutions-SMG4': 'A key is replaced by three rollouts (docs/operations.md), not by a function.',
      });
      new CfnOutput(scope, outputName(name, 'signing-key-secret-arn'), { value: secret.secretArn });
      return [name, secret] as const;
    });
  return new Map(secrets);
}
