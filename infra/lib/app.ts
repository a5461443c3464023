import { createRequire } from 'node:module';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Config } from './config.ts';
import { NetworkStack } from './network.stack.ts';
import { RegistryStack } from './registry.stack.ts';

const featureFlags = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json') as Record<
  string,
  unknown
>;

/**
 * The whole account of one configuration.
 *
 * @param outdir where the templates go
 */
export function makeApp(config: Config, outdir?: string): App {
  const app = new App({
    ...(outdir !== undefined && { outdir }),
    context: {
      ...featureFlags,
      // What the CDK would ask AWS for: synthesis needs no network and no credentials.
      [`availability-zones:account=${config.account}:region=${config.region}`]: config.network.zones,
    },
    analyticsReporting: false,
    treeMetadata: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const env = { account: config.account, region: config.region };
  const props = (what: string) => ({
    env,
    stackName: `${config.name}-${what}`,
    terminationProtection: config.data === 'keep',
  });
  new NetworkStack(app, 'network', config, props('network'));
  new RegistryStack(app, 'registry', config, props('registry'));
  Tags.of(app).add('usermgmt:configuration', config.name);
  return app;
}
