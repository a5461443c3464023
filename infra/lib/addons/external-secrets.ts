import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { CHARTS } from '../versions.ts';

const NAME = 'external-secrets';

/**
 * External Secrets: brings secrets of Secrets Manager into the cluster, and follows their changes. It has no role of its
 * own, or every namespace could read with it what is meant for another one. It reads for each namespace with the role of
 * the service account `secret-reader` there (lib/workloads.stack.ts).
 */
export function externalSecrets(scope: Construct, cluster: ICluster): HelmChart {
  return new HelmChart(scope, 'ExternalSecretsChart', {
    cluster,
    chart: NAME,
    repository: 'https://charts.external-secrets.io',
    version: CHARTS[NAME],
    release: NAME,
    namespace: NAME,
    createNamespace: true,
    // Its CRDs and webhook must be there before an ExternalSecret is.
    wait: true,
  });
}
