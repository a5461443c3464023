import { describe, expect, it } from '@jest/globals';
import { configurations, loadConfig } from '../lib/config/load-config.ts';
import { podRole, allStatements, type Statement } from './support/roles.ts';
import { templatesOf } from './support/templates.ts';

/** AWS knows no resource for these: service authorization reference, column "resource types". */
const WITHOUT_RESOURCE = [
  /^(autoscaling|ec2):(Describe|Get)/,
  /^route53:ListHostedZones$/,
  /^ecr:GetAuthorizationToken$/,
  /^xray:(Put(TraceSegments|TelemetryRecords)|GetSampling\w+)$/,
  /^pricing:GetProducts$/,
  /^iam:ListInstanceProfiles$/,
  // The function of the CDK that empties the default security group, and CodeBuild's interface in the VPC.
  /^ec2:(Create|Delete)NetworkInterface$/,
];

describe.each(configurations())('the policies of %s', (name) => {
  it('allow no action on everything where it could be said on what', async () => {
    const templates = templatesOf(await loadConfig(name));
    const published = JSON.stringify(
      podRole(templates.addons!, 'kube-system', 'aws-load-balancer-controller').may,
    );
    const wide = Object.values(templates)
      .flatMap(allStatements)
      .filter((statement) => [statement.Resource].flat().includes('*'))
      // The controller's own, taken as it is published for its version.
      .filter((statement) => !published.includes(JSON.stringify(statement)));
    expect(wide.flatMap(unexplained)).toEqual([]);
    expect(wide.length).toBeGreaterThan(0);
  });

  it('allow no action by a bare star, and nothing to everybody', async () => {
    const statements = Object.values(templatesOf(await loadConfig(name))).flatMap(allStatements);
    expect(
      statements.filter(({ Action }) => [Action].flat().some((action) => /^(\*|\w+:\*)$/.test(action))),
    ).toEqual([]);
  });
});

function unexplained({ Action }: Statement): string[] {
  return [Action].flat().filter((action) => !WITHOUT_RESOURCE.some((known) => known.test(action)));
}
