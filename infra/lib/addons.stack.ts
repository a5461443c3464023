import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Cluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { classes } from './addons/classes.ts';
import { cloudWatch } from './addons/cloudwatch.ts';
import { clusterAutoscaler } from './addons/cluster-autoscaler.ts';
import { ebsCsi } from './addons/ebs-csi.ts';
import { eksAddon } from './addons/eks-addon.ts';
import { externalDns } from './addons/external-dns.ts';
import { externalSecrets } from './addons/external-secrets.ts';
import { karpenter } from './addons/karpenter.ts';
import { loadBalancerController } from './addons/load-balancer-controller.ts';
import { prometheusCrds } from './addons/prometheus-crds.ts';
import type { Config } from './config/config.ts';

export interface AddonsStackProps extends StackProps {
  cluster: Cluster;
  zone: IHostedZone | undefined;
}

/** What runs in the cluster for everybody: names, load balancers, volumes, secrets, metrics, more nodes. */
export class AddonsStack extends Stack {
  constructor(scope: Construct, id: string, config: Config, props: AddonsStackProps) {
    super(scope, id, props);
    const { cluster, zone } = props;
    const { scaling, classicLoadBalancers, name, privateNodes } = config.cluster;
    const addons: Construct[] = [
      eksAddon(this, cluster, 'metrics-server'),
      eksAddon(this, cluster, 'coredns'),
      ebsCsi(this, cluster),
    ];
    if (config.monitoring.containerInsights) addons.push(cloudWatch(this, cluster, config));

    const balancers = loadBalancerController(this, cluster, !classicLoadBalancers);
    // The controller's webhook refuses the Services of add-ons until its pods answer, and needs names to be resolved:
    // https://github.com/aws-samples/amazon-eks-machine-learning-with-terraform-and-kubeflow/issues/178
    balancers.node.addDependency(...addons);
    const charts = [externalSecrets(this, cluster), prometheusCrds(this, cluster)];
    if (zone) charts.push(externalDns(this, cluster, zone));
    if (scaling === 'cluster-autoscaler') charts.push(clusterAutoscaler(this, cluster, name));
    if (scaling === 'karpenter' && privateNodes) charts.push(karpenter(this, cluster, name, privateNodes));
    // Its kinds of objects come with the controller.
    classes(this, cluster).node.addDependency(balancers);
    for (const chart of charts) chart.node.addDependency(balancers);
  }
}
