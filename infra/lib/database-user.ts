import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { justify } from './justify.ts';
import { outputName } from './output-name.ts';

/**
 * The secret of the database user of one namespace. The user and its schema have the name of the namespace, so that two
 * namespaces do not share them. The migration Job creates both in RDS, with the password that is generated here.
 */
export function databaseUser(scope: Construct, namespace: string): ISecret {
  const secret = new Secret(scope, `${namespace}-database-user`, {
    description: `User of RDS for ${namespace}, with rights on its own schema only`,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: namespace }),
      generateStringKey: 'password',
      passwordLength: 32,
      excludePunctuation: true,
    },
    // Worth nothing without the Job, which sets whatever password is generated next.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  justify(secret, {
    'AwsSolutions-SMG4':
      'The migration Job changes it, with the password before still valid: docs/operations.md.',
  });
  new CfnOutput(scope, outputName(namespace, 'db-name'), { value: namespace });
  new CfnOutput(scope, outputName(namespace, 'db-username'), { value: namespace });
  new CfnOutput(scope, outputName(namespace, 'db-secret-arn'), { value: secret.secretArn });
  return secret;
}
