import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { PodRole } from '../pod-role.ts';
import { CHARTS } from '../versions.ts';

const NAME = 'external-secrets';

/** External Secrets: brings one secret of Secrets Manager into the cluster, and follows its rotation. */
export function externalSecrets(scope: Construct, cluster: ICluster, secret: ISecret): HelmChart {
  const role = new PodRole(scope, 'ExternalSecrets', { cluster, namespace: NAME, serviceAccount: NAME });
  secret.grantRead(role);
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
