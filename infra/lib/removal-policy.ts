import { RemovalPolicy } from 'aws-cdk-lib';
import type { Config } from './config/config.ts';

/**
 * What happens to data when its stack is deleted. A create that is rolled back deletes what it created: kept, it would
 * stand in the way of the next try, because many names are fixed
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
 */
export function removalPolicy(config: Config): RemovalPolicy {
  return config.data === 'keep' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
