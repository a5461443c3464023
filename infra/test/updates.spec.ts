import { describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import course from '../config/course.ts';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import type { ConfigInput } from '../lib/config/config.ts';
import { templatesOf } from './support/templates.ts';

const { pipeline: _, ...withoutPipeline } = production;
const own = (namespace: object) => ({ ...minimal.cluster, namespaces: [{ name: 'usermgmt', ...namespace }] });

/** What people change in a configuration that is deployed. */
const UPDATES: [string, ConfigInput, Partial<ConfigInput>][] = [
  [
    'other node types',
    minimal,
    {
      cluster: {
        ...minimal.cluster,
        privateNodes: { ...minimal.cluster.privateNodes, instanceTypes: ['t4g.large'] },
      },
    },
  ],
  [
    'a third zone',
    minimal,
    { network: { ...minimal.network, zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] } },
  ],
  [
    'no Container Insights',
    production,
    { monitoring: { ...production.monitoring, containerInsights: false } },
  ],
  [
    'no tokens in a namespace',
    production,
    {
      cluster: {
        ...production.cluster,
        namespaces: [{ name: 'usermgmt-staging', database: 'own' }, { name: 'usermgmt' }],
      },
    },
  ],
  [
    'a namespace less',
    production,
    {
      cluster: { ...production.cluster, namespaces: [{ name: 'usermgmt', issuesTokens: true }] },
      pipeline: { ...production.pipeline, staging: undefined },
    },
  ],
  ['a database of its own in the only namespace', minimal, { cluster: own({ database: 'own' }) }],
  ['IRSA', minimal, { cluster: own({ identity: 'irsa' }) }],
  [
    'another address for mails',
    minimal,
    { mail: { ...minimal.mail, identity: 'a@example.com', from: 'a@example.com' } },
  ],
  ['Cluster Autoscaler', production, { cluster: { ...production.cluster, scaling: 'cluster-autoscaler' } }],
  ['no Fargate', course, { cluster: { ...course.cluster, fargate: false } }],
  ['no public nodes', course, { cluster: { ...course.cluster, publicNodes: undefined } }],
  ['no endpoints', production, { network: { ...production.network, endpoints: [] } }],
  ['data that need not be kept', production, { data: 'throw-away' }],
];

describe('a change of a configuration', () => {
  it.each(UPDATES)(
    '(%s) takes no export away that a stack which is deployed later still imports',
    (_name, before, changes) => {
      expect(missingExports(templatesOf(before), templatesOf(before, changes))).toEqual([]);
    },
  );

  it('that takes the pipeline away takes no export away from it', () => {
    expect(missingExports(templatesOf(production), templatesOf(withoutPipeline))).toEqual([]);
  });

  it('from kept data to data that may be deleted changes each resource that was retained', () => {
    const before = templatesOf(production);
    const after = templatesOf(production, { data: 'throw-away' });
    const unchanged = Object.entries(before).flatMap(([stack, template]) =>
      Object.entries(resourcesOf(template))
        .filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'))
        .filter(
          ([id, { Properties }]) =>
            JSON.stringify(Properties) === JSON.stringify(resourcesOf(after[stack]!)[id]?.Properties),
        )
        .map(([id]) => `${stack}: ${id}`),
    );
    expect(unchanged).toEqual([]);
  });

  it('to a third zone leaves the subnets that there are where they are', () => {
    const network = { ...minimal.network, zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] };
    const after = subnetsOf(templatesOf(minimal, { network }).network!);
    const before = subnetsOf(templatesOf(minimal).network!);
    expect(after).toMatchObject(before);
    expect(Object.keys(after)).toHaveLength(9);
  });
});

/**
 * What CloudFormation refuses ("Export … cannot be deleted as it is in use by …"): an export that the new template of a
 * stack lacks while another stack, as it was deployed before, imports it.
 */
function missingExports(before: Record<string, Template>, after: Record<string, Template>): string[] {
  const exported = new Set(Object.values(after).flatMap(exportsOf));
  const gone = Object.values(before)
    .flatMap(exportsOf)
    .filter((name) => !exported.has(name));
  return Object.entries(before).flatMap(([stack, template]) =>
    gone
      .filter((name) => JSON.stringify(template.toJSON()).includes(`{"Fn::ImportValue":"${name}"}`))
      .map((name) => `${stack} imports ${name}`),
  );
}

function exportsOf(template: Template): string[] {
  return Object.values(template.findOutputs('*')).flatMap((output) => {
    const { Export } = output as { Export?: { Name: string } };
    return Export === undefined ? [] : [Export.Name];
  });
}

function resourcesOf(template: Template) {
  return template.toJSON().Resources as Record<string, { DeletionPolicy?: string; Properties?: object }>;
}

function subnetsOf(template: Template): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(template.findResources('AWS::EC2::Subnet')).map(([id, { Properties }]) => [
      id,
      { CidrBlock: Properties.CidrBlock, AvailabilityZone: Properties.AvailabilityZone },
    ]),
  );
}
