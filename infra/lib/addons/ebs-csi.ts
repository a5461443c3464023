import type { CfnAddon, ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { justify, managedPolicies } from '../justify.ts';
import { PodRole } from '../pod-role.ts';
import { eksAddon } from './eks-addon.ts';

const POLICY = 'service-role/AmazonEBSCSIDriverPolicy';

/** The EBS CSI driver: volumes for pods. */
export function ebsCsi(scope: Construct, cluster: ICluster): CfnAddon {
  const role = new PodRole(scope, 'EbsCsi', {
    cluster,
    namespace: 'kube-system',
    serviceAccount: 'ebs-csi-controller-sa',
  });
  role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(POLICY));
  justify(role, managedPolicies([POLICY], 'The policy that AWS keeps for the driver.'));
  const addon = eksAddon(scope, cluster, 'aws-ebs-csi-driver');
  addon.node.addDependency(role);
  return addon;
}
