import { RemovalPolicy } from 'aws-cdk-lib';
import type { Config } from './config/config.ts';

/** What becomes of data when its stack is deleted. */
export function removalPolicy(config: Config): RemovalPolicy {
  return config.data === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
