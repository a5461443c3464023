import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { KubernetesManifest, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { databaseUser } from './database-user.ts';
import { deployerRights } from './deployer-rights.ts';
import { justify, wildcards } from './justify.ts';
import { justifyRights } from './justify-rights.ts';
import { NAMESPACE_LABELS } from './namespace-labels.ts';
import { outputName } from './output-name.ts';
import { PodRole } from './pod-role.ts';
import { signingKey } from './signing-key.ts';

export interface WorkloadsStackProps extends StackProps {
  cluster: Cluster;
  /** The password of RDS' master user. */
  databaseSecret: ISecret;
  /** The name of SES' configuration set. */
  mailConfigurationSet: string;
}

type Namespace = Config['cluster']['namespaces'][number];

/**
 * The namespaces of the two services, and one role for each of their service accounts. It is deleted first: with the
 * namespaces go the load balancers, while their controller is still there to take them down.
 */
export class WorkloadsStack extends Stack {
  private readonly given: WorkloadsStackProps;

  constructor(scope: Construct, id: string, config: Config, props: WorkloadsStackProps) {
    super(scope, id, props);
    this.given = props;
    for (const namespace of config.cluster.namespaces) {
      this.addNamespace(namespace.name);
      this.addRoles(namespace, namespace.mailFrom ?? config.mail.from);
      this.addSecretReader(
        namespace,
        namespace.issuesTokens ? signingKey(this, namespace.name, config) : undefined,
      );
    }
  }

  private addNamespace(name: string): void {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: NAMESPACE_LABELS } };
    new KubernetesManifest(this, `${name}-namespace`, {
      cluster: this.given.cluster,
      manifest: [namespace, ...deployerRights(name)],
    });
  }

  private addRoles(namespace: Namespace, from: string): void {
    this.addRole(namespace, 'user-management');
    const sender = this.addRole(namespace, 'notification');
    // In the sandbox SES refuses a sender who has no right to the recipient's identity; the condition names the sender.
    const identities = this.sesArn('identity', '*');
    sender.addToPolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [identities, this.sesArn('configuration-set', this.given.mailConfigurationSet)],
        conditions: { StringEquals: { 'ses:FromAddress': from } },
      }),
    );
    justify(
      sender,
      wildcards([identities], 'In the sandbox SES also authorizes the recipient, who may be anyone.'),
    );
    this.addRole(namespace, 'xray-daemon');
    // Else it is that of the stack `mail`.
    if (namespace.mailFrom !== undefined)
      new CfnOutput(this, outputName(namespace.name, 'mail-from-address'), { value: namespace.mailFrom });
  }

  /**
   * What External Secrets reads the secrets of the namespace with. Always by IRSA: it asks for a token of this service
   * account, and the agent of Pod Identity gives credentials to pods only.
   * https://github.com/external-secrets/external-secrets/issues/2951
   */
  private addSecretReader({ name: namespace, database }: Namespace, key: ISecret | undefined): void {
    const { cluster, databaseSecret } = this.given;
    const serviceAccount = 'secret-reader';
    const id = `${namespace}-${serviceAccount}`;
    const role = new PodRole(this, id, { cluster, namespace, serviceAccount, identity: 'irsa' });
    // The master's password is for the migration Job, which sets up the user of the namespace.
    const ofDatabase = database === 'rds' ? [databaseSecret, databaseUser(this, namespace)] : [];
    const secrets = [...ofDatabase, ...(key ? [key] : [])];
    // Not secretsmanager:DescribeSecret, which External Secrets wants for `metadataPolicy: Fetch` only:
    // https://github.com/external-secrets/external-secrets/blob/main/providers/v1/aws/secretsmanager/secretsmanager.go
    if (secrets.length > 0)
      role.addToPolicy(
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: secrets.map(({ secretArn }) => secretArn),
        }),
      );
    new CfnOutput(this, outputName(namespace, `${serviceAccount}-role-arn`), { value: role.roleArn });
  }

  /** Each may send what it did to X-Ray: by itself, by its sidecar, or as the daemon of all. */
  private addRole({ name: namespace, identity }: Namespace, serviceAccount: string): PodRole {
    const id = `${namespace}-${serviceAccount}`;
    const role = new PodRole(this, id, { cluster: this.given.cluster, namespace, serviceAccount, identity });
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:GetSamplingStatisticSummaries',
        ],
        resources: ['*'],
      }),
    );
    justify(role, wildcards(['*'], 'X-Ray knows no resources for what its daemon does.'));
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXRayDaemonWriteAccess.html
    justifyRights(role, {
      'xray:*': 'For the daemon, which does not run here: as in its policy that AWS keeps.',
    });
    // The service account must carry it where there is no Pod Identity.
    if (identity === 'irsa')
      new CfnOutput(this, outputName(namespace, `${serviceAccount}-role-arn`), { value: role.roleArn });
    return role;
  }

  private sesArn(resource: 'identity' | 'configuration-set', resourceName: string): string {
    return this.formatArn({ service: 'ses', resource, resourceName });
  }
}
