import { CfnJson, Stack } from 'aws-cdk-lib';
import { CfnPodIdentityAssociation, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import {
  OpenIdConnectPrincipal,
  PolicyStatement,
  Role,
  ServicePrincipal,
  type IPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface PodRoleProps {
  cluster: ICluster;
  namespace: string;
  serviceAccount: string;
  /** `irsa` where there is no Pod Identity agent: on Fargate. The service account then carries the role's ARN. */
  identity?: 'pod-identity' | 'irsa';
}

/** The role of one service account: nobody else's pods get it, of no other namespace and no other cluster. */
export class PodRole extends Role {
  constructor(scope: Construct, id: string, props: PodRoleProps) {
    const { cluster, namespace, serviceAccount, identity = 'pod-identity' } = props;
    const description = `Pods of ${namespace}/${serviceAccount} in ${cluster.clusterName}`;
    if (identity === 'irsa') {
      super(scope, id, { description, assumedBy: webIdentity(scope, id, props) });
      return;
    }
    const agent = new ServicePrincipal('pods.eks.amazonaws.com');
    const conditions = {
      StringEquals: {
        'aws:SourceAccount': Stack.of(scope).account,
        'aws:RequestTag/eks-cluster-arn': cluster.clusterArn,
        'aws:RequestTag/kubernetes-namespace': namespace,
        'aws:RequestTag/kubernetes-service-account': serviceAccount,
      },
    };
    super(scope, id, { description, assumedBy: agent.withConditions(conditions) });
    this.assumeRolePolicy?.addStatements(
      new PolicyStatement({ actions: ['sts:TagSession'], principals: [agent], conditions }),
    );
    new CfnPodIdentityAssociation(this, 'Association', {
      clusterName: cluster.clusterName,
      namespace,
      serviceAccount,
      roleArn: this.roleArn,
    });
  }
}

function webIdentity(scope: Construct, id: string, props: PodRoleProps): IPrincipal {
  const { cluster, namespace, serviceAccount } = props;
  const provider = cluster.openIdConnectProvider;
  // The issuer is known only when the cluster exists, and CloudFormation takes no such value as a key.
  const conditions = new CfnJson(scope, `${id}Conditions`, {
    value: {
      [`${provider.openIdConnectProviderIssuer}:aud`]: 'sts.amazonaws.com',
      [`${provider.openIdConnectProviderIssuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
    },
  });
  return new OpenIdConnectPrincipal(provider).withConditions({ StringEquals: conditions });
}
