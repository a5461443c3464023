import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configurations, loadConfig } from '../lib/config/load-config.ts';
import { AWS_RULES, ORDER_RULES, brokenRules, type Resources } from './support/aws-rules.ts';
import { templateFiles } from './support/templates.ts';

const RULES = [...AWS_RULES, ...ORDER_RULES];

describe('what AWS refuses though cfn-lint accepts it', () => {
  it.each(configurations())('is nowhere in %s', async (name) => {
    const broken = templateFiles(await loadConfig(name)).flatMap((file) =>
      brokenRules((JSON.parse(readFileSync(file, 'utf8')) as { Resources: Resources }).Resources, RULES),
    );
    expect(broken).toEqual([]);
  });

  // What the templates had when a review found them wrong.
  it.each<[string, Resources]>([
    ['the storage', resource('AWS::RDS::DBInstance', { AllocatedStorage: '20', MaxAllocatedStorage: 21 })],
    ['0 or 1', resource('AWS::RDS::DBParameterGroup', { Parameters: { require_secure_transport: 'ON' } })],
    [
      'slow queries',
      {
        ...resource('AWS::RDS::DBInstance', { EnableCloudwatchLogsExports: ['slowquery'] }),
        Parameters: {
          Type: 'AWS::RDS::DBParameterGroup',
          Properties: { Parameters: { slow_query_log: '1' } },
        },
      },
    ],
    [
      'no replica',
      {
        ...resource('AWS::RDS::DBInstance', { ManageMasterUserPassword: true }),
        Replica: { Type: 'AWS::RDS::DBInstance', Properties: { SourceDBInstanceIdentifier: 'it' } },
      },
    ],
    ['rolled back', { Logs: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain' } }],
    ['no fixed name', resource('AWS::EKS::Nodegroup', { NodegroupName: 'eksdemo1-ng-private1' })],
    [
      'its own prefix',
      {
        ...resource('AWS::CodePipeline::Pipeline', {
          Stages: [
            {
              Actions: [
                {
                  ActionTypeId: { Category: 'Source' },
                  Configuration: { ConnectionArn: 'arn:aws:codeconnections:us-east-1:1:connection/2' },
                },
              ],
            },
          ],
        }),
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyDocument: {
              Statement: [
                {
                  Action: 'codestar-connections:UseConnection',
                  Resource: 'arn:aws:codeconnections:us-east-1:1:connection/2',
                },
              ],
            },
          },
        },
      },
    ],
    [
      'an approval',
      resource('AWS::CodePipeline::Pipeline', {
        ExecutionMode: 'QUEUED',
        Stages: [{ Actions: [{ ActionTypeId: { Category: 'Approval' }, TimeoutInMinutes: 10_080 }] }],
      }),
    ],
    [
      'comes after the add-ons',
      {
        ...resource('Custom::AWSCDK-EKS-HelmChart', { Chart: 'aws-load-balancer-controller' }),
        coredns: { Type: 'AWS::EKS::Addon' },
      },
    ],
    ['SES', resource('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.us-east-1.email-smtp' })],
  ])('is found: %s', (rule, resources) => {
    expect(brokenRules(resources, RULES)).toEqual([expect.stringContaining(rule)]);
  });

  it('has a source for each rule', () => {
    expect(RULES.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
  });
});

function resource(Type: string, Properties: Record<string, unknown>): Resources {
  return { It: { Type, Properties } };
}
