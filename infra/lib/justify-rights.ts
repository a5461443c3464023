import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Where a template keeps the reasons: an entry in the metadata of a role. */
export const RIGHTS = 'usermgmt:rights';

/**
 * Says why roles have rights that no program uses in the tests (test/rights), for a construct and what is in it.
 *
 * @param reasons by patterns of actions: `logs:*`
 */
export function justifyRights(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const each of construct.node.findAll())
    if (CfnResource.isCfnResource(each) && each.cfnResourceType === 'AWS::IAM::Role')
      each.addMetadata(RIGHTS, { ...(each.getMetadata(RIGHTS) as object | undefined), ...reasons });
}
