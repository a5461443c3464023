import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { CHARTS } from '../versions.ts';

const NAME = 'prometheus-operator-crds';

/** The kinds of objects that the component `monitoring` has, so that it can be applied; Prometheus itself is not here. */
export function prometheusCrds(scope: Construct, cluster: ICluster): HelmChart {
  return new HelmChart(scope, 'PrometheusCrds', {
    cluster,
    chart: NAME,
    repository: 'https://prometheus-community.github.io/helm-charts',
    version: CHARTS[NAME],
    release: NAME,
    namespace: 'kube-system',
  });
}
