import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { PodRole } from '../pod-role.ts';
import { CHARTS } from '../versions.ts';

const NAME = 'external-secrets';

/** External Secrets: brings these secrets of Secrets Manager into the cluster, and follows their changes. */
export function externalSecrets(scope: Construct, cluster: ICluster, secrets: readonly ISecret[]): HelmChart {
  const role = new PodRole(scope, 'ExternalSecrets', { cluster, namespace: NAME, serviceAccount: NAME });
  for (const secret of secrets) secret.grantRead(role);
  const chart = new HelmChart(scope, 'ExternalSecretsChart', {
    cluster,
    chart: NAME,
    repository: 'https://charts.external-secrets.io',
    version: CHARTS[NAME],
    release: NAME,
    namespace: NAME,
    createNamespace: true,
    // Its CRDs and webhook must be there before an ExternalSecret is.
    wait: true,
    values: { serviceAccount: { name: NAME } },
  });
  chart.node.addDependency(role);
  return chart;
}
