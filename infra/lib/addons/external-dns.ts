import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { justify, wildcards } from '../justify.ts';
import { PodRole } from '../pod-role.ts';
import { CHARTS } from '../versions.ts';

const NAME = 'external-dns';

/** ExternalDNS: keeps the records of one zone as the Ingresses and Services of the cluster say, and no others. */
export function externalDns(scope: Construct, cluster: ICluster, zone: IHostedZone): HelmChart {
  const role = new PodRole(scope, 'ExternalDns', { cluster, namespace: NAME, serviceAccount: NAME });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
      resources: [zone.hostedZoneArn],
    }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['route53:ListHostedZones'], resources: ['*'] }));
  justify(role, wildcards(['*'], 'ListHostedZones knows no resources.'));
  const chart = new HelmChart(scope, 'ExternalDnsChart', {
    cluster,
    chart: NAME,
    repository: 'https://kubernetes-sigs.github.io/external-dns/',
    version: CHARTS[NAME],
    release: NAME,
    namespace: NAME,
    createNamespace: true,
    values: {
      provider: { name: 'aws' },
      serviceAccount: { name: NAME },
      sources: ['service', 'ingress'],
      // Records go with what they belong to; those without the cluster's mark are left alone.
      policy: 'sync',
      // At once, and not at the next minute, when ExternalDNS itself may be gone.
      triggerLoopOnEvent: true,
      registry: 'txt',
      txtOwnerId: cluster.clusterName,
      domainFilters: [zone.zoneName],
      // The course's annotations; since 0.22 the default is another prefix.
      extraArgs: ['--aws-zone-type=public', '--annotation-prefix=external-dns.alpha.kubernetes.io/'],
    },
  });
  chart.node.addDependency(role);
  return chart;
}
