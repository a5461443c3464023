import { createRequire } from 'node:module';
import { App, Tags, Validations, type StackProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AddonsStack } from './addons.stack.ts';
import { ClusterStack } from './cluster.stack.ts';
import type { Config } from './config/config.ts';
import { DataStack } from './data.stack.ts';
import { DnsStack } from './dns.stack.ts';
import { MailStack } from './mail.stack.ts';
import { MonitoringStack } from './monitoring.stack.ts';
import { NetworkStack } from './network.stack.ts';
import { PipelineStack } from './pipeline.stack.ts';
import { RegistryStack } from './registry.stack.ts';
import { CONFIGURATION_TAG, stackName, type StackId } from './stacks.ts';
import { WorkloadsStack } from './workloads.stack.ts';

const featureFlags = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json') as Record<
  string,
  unknown
>;

export interface AppOptions {
  /** Where the templates go. */
  outdir?: string;
  /** False: without the files that a deployment uploads. */
  withAssets?: boolean;
  /** False: cdk-nag is not asked. */
  withNag?: boolean;
}

/** The whole account of one configuration. */
export function makeApp(config: Config, { outdir, withAssets = true, withNag = true }: AppOptions = {}): App {
  const app = new App({
    ...(outdir !== undefined && { outdir }),
    context: {
      ...featureFlags,
      // CloudFormation then refuses to delete a stack while another one uses it.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      // What the CDK would ask AWS for: synthesis needs no network and no credentials.
      [`availability-zones:account=${config.account}:region=${config.region}`]: config.network.zones,
      ...(!withAssets && { 'aws:cdk:disable-asset-staging': true }),
    },
    analyticsReporting: false,
    treeMetadata: false,
  });
  if (withNag) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  addStacks(app, config);
  // The CDK would tag dashboards, which CloudFormation does not know to have tags.
  const untagged = { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] };
  Tags.of(app).add(CONFIGURATION_TAG, config.name, untagged);
  // Also so that a change of it changes each resource: CloudFormation applies a new DeletionPolicy only with a change.
  Tags.of(app).add('usermgmt:data', config.data, untagged);
  return app;
}

/** In the order of deployment; they are deleted from the last to the first. */
function addStacks(app: App, config: Config): void {
  const props = (name: StackId): StackProps => ({
    env: { account: config.account, region: config.region },
    stackName: stackName(config, name),
    terminationProtection: config.data === 'keep',
  });
  const { repositories } = new RegistryStack(app, 'registry', config, props('registry'));
  const { vpc } = new NetworkStack(app, 'network', config, props('network'));
  const zone = config.dns && new DnsStack(app, 'dns', config.dns, props('dns')).zone;
  const mail = new MailStack(app, 'mail', config, zone, props('mail'));
  const { cluster } = new ClusterStack(app, 'cluster', config, vpc, props('cluster'));
  const { secret: databaseSecret, instance } = new DataStack(app, 'data', config, {
    ...props('data'),
    vpc,
    clients: cluster.clusterSecurityGroup,
  });
  const addons = new AddonsStack(app, 'addons', config, {
    ...props('addons'),
    cluster,
    zone,
  });
  const workloads = new WorkloadsStack(app, 'workloads', config, {
    ...props('workloads'),
    cluster,
    databaseSecret,
    mailConfigurationSet: mail.configurationSetName,
  });
  const monitoring = new MonitoringStack(app, 'monitoring', config, { ...props('monitoring'), instance });
  // Its metric filters are of a log group of the add-ons.
  monitoring.addStackDependency(addons);
  if (config.pipeline) {
    new PipelineStack(app, 'pipeline', config, config.pipeline, {
      ...props('pipeline'),
      vpc,
      cluster,
      repositories,
    }).addStackDependency(workloads);
  }
  // What removes the load balancers must outlive them.
  workloads.addStackDependency(addons);
}
