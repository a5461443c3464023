import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Aws, Stack } from 'aws-cdk-lib';
import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { justify, wildcards } from '../justify.ts';
import { justifyRights } from '../justify-rights.ts';
import { PodRole } from '../pod-role.ts';
import { CHARTS } from '../versions.ts';

const NAMESPACE = 'kube-system';
const SERVICE_ACCOUNT = 'aws-load-balancer-controller';

/**
 * The AWS Load Balancer Controller: makes ALBs of Ingresses and NLBs of Services.
 *
 * @param takesOverServices whether each new Service of type LoadBalancer becomes an NLB of this controller; if
 *   not, Kubernetes itself makes the Classic Load Balancer of the course
 */
export function loadBalancerController(
  scope: Construct,
  cluster: ICluster,
  takesOverServices: boolean,
): HelmChart {
  const { version, helmChartVersion } = CHARTS['aws-load-balancer-controller'];
  const role = new PodRole(scope, 'LoadBalancerController', {
    cluster,
    namespace: NAMESPACE,
    serviceAccount: SERVICE_ACCOUNT,
  });
  for (const statement of policyOf(version)) role.addToPolicy(statement);
  const chart = new HelmChart(scope, 'LoadBalancerControllerChart', {
    cluster,
    chart: 'aws-load-balancer-controller',
    repository: 'https://aws.github.io/eks-charts',
    version: helmChartVersion,
    release: SERVICE_ACCOUNT,
    namespace: NAMESPACE,
    // Its webhook must answer before anything else makes a Service.
    wait: true,
    values: {
      clusterName: cluster.clusterName,
      region: Stack.of(scope).region,
      vpcId: cluster.vpc.vpcId,
      image: { repository: 'public.ecr.aws/eks/aws-load-balancer-controller', tag: version },
      serviceAccount: { name: SERVICE_ACCOUNT },
      enableServiceMutatorWebhook: takesOverServices,
    },
  });
  chart.node.addDependency(role);
  const resources = policyOf(version).flatMap((statement) => statement.resources);
  justify(
    role,
    wildcards(
      resources.map((resource) => resource.replace(Aws.PARTITION, '<AWS::Partition>')),
      `The policy that the controller publishes for ${version}: it names what it makes while it runs.`,
    ),
  );
  justifyRights(role, { '*': `The policy that the controller publishes for ${version}.` });
  return chart;
}

/** The policy that belongs to a version of the controller; the CDK carries a copy of each. */
function policyOf(version: string): PolicyStatement[] {
  const library = dirname(createRequire(import.meta.url).resolve('aws-cdk-lib/aws-eks-v2'));
  const text = readFileSync(join(library, `lib/addons/alb-iam_policy-${version}.json`), 'utf8');
  const { Statement } = JSON.parse(text.replaceAll('arn:aws:', `arn:${Aws.PARTITION}:`)) as {
    Statement: object[];
  };
  return Statement.map((statement) => PolicyStatement.fromJson(statement));
}
