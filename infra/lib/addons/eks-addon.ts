import { CfnAddon, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { ADDONS } from '../versions.ts';

/**
 * An add-on that EKS itself installs and keeps, in its pinned version.
 *
 * @param settings as the add-on's JSON schema has them
 */
export function eksAddon(
  scope: Construct,
  cluster: ICluster,
  name: keyof typeof ADDONS,
  settings?: object,
): CfnAddon {
  return new CfnAddon(scope, name, {
    clusterName: cluster.clusterName,
    addonName: name,
    addonVersion: ADDONS[name],
    // What somebody has changed by hand is put right.
    resolveConflicts: 'OVERWRITE',
    ...(settings && { configurationValues: JSON.stringify(settings) }),
  });
}
