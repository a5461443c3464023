import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { z } from 'zod';
import { makeApp } from '../app.ts';
import type { Config } from '../config/config.ts';

const template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.looseObject({}).default({}) })),
});

const string = z.string();
const nodeGroup = z.object({
  InstanceTypes: z.array(string),
  CapacityType: z.enum(['ON_DEMAND', 'SPOT']),
  ScalingConfig: z.object({ DesiredSize: z.number() }),
});
const database = z.object({
  DBInstanceClass: string,
  Engine: string,
  EngineVersion: string,
  StorageType: string,
  MultiAZ: z.boolean(),
});
const build = z.object({ Environment: z.object({ Image: string, Type: string, ComputeType: string }) });

/** A resource of a template. */
export interface Resource {
  type: string;
  properties: Record<string, unknown>;
}

/** What a deployment would create, taken from the templates. */
export type Plan = ReturnType<typeof planIn>;

/** Synthesizes a configuration, without the files that a deployment uploads. */
export function planOf(config: Config): Plan {
  const { directory } = makeApp(config, { withAssets: false, withNag: false }).synth();
  try {
    return planIn(directory, config);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @param directory where the configuration was synthesized to */
export function planIn(directory: string, config: Config) {
  const { stacks } = new CloudAssembly(directory);
  const manifests = readdirSync(directory).filter((name) => /^manifest\.json$|\.assets\.json$/.test(name));
  const text = manifests.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
  const resources: Resource[] = stacks
    .flatMap((stack) => Object.values(template.parse(stack.template).Resources))
    .map(({ Type, Properties }) => ({ type: Type, properties: Properties }));
  const all = <T extends z.ZodType>(type: string, schema: T, only?: string): z.output<T>[] =>
    resources
      .filter((resource) => resource.type === type && (only === undefined || only in resource.properties))
      .map(({ properties }) => schema.parse(properties));
  const endpoint = z.object({ VpcEndpointType: string, ServiceName: z.unknown() });
  return {
    config,
    stacks: stacks.map(({ stackName }) => stackName),
    resources,
    has: (type: string) => resources.some((resource) => resource.type === type),
    /** The ARNs of the roles of the CDK's bootstrap, with `${AWS::Partition}` in them. */
    roles: [...new Set(text.match(/arn:[^"]+:role\/cdk-[^"]+/g))],
    /** The lowest version of the bootstrap that the templates work with. */
    bootstrapVersion: Math.max(...stacks.map((stack) => stack.requiresBootstrapStackVersion ?? 0)),
    clusters: all('AWS::EKS::Cluster', z.object({ Version: string })),
    addons: all('AWS::EKS::Addon', z.object({ AddonName: string, AddonVersion: string })),
    nodeGroups: all('AWS::EKS::Nodegroup', nodeGroup),
    /** Without replicas, which name no engine. */
    databases: all('AWS::RDS::DBInstance', database, 'Engine'),
    /** The services of the interface endpoints. */
    endpoints: all('AWS::EC2::VPCEndpoint', endpoint)
      .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')
      .map(({ ServiceName }) => string.parse(ServiceName)),
    builds: all('AWS::CodeBuild::Project', build).map(({ Environment }) => Environment),
  };
}
