import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import course from '../config/course.ts';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { templatesOf } from './support/templates.ts';

describe('the network', () => {
  const large = templatesOf(production).network!;
  const small = templatesOf(minimal).network!;

  it('has a NAT gateway in each zone in production, and one where it must be cheap', () => {
    large.resourceCountIs('AWS::EC2::NatGateway', 3);
    small.resourceCountIs('AWS::EC2::NatGateway', 1);
  });

  it.each([
    ['public', 'kubernetes.io/role/elb', 3],
    ['private', 'kubernetes.io/role/internal-elb', 3],
    ['data', 'kubernetes.io/role/elb', 0],
    ['data', 'kubernetes.io/role/internal-elb', 0],
  ])('has %s subnets of which those with the tag %s are %i', (kind, role, count) => {
    const subnets = Object.values(large.findResources('AWS::EC2::Subnet')) as Subnet[];
    const ofKind = subnets.filter(({ Properties }) => tag(Properties, 'aws-cdk:subnet-name') === kind);
    expect(ofKind).toHaveLength(3);
    expect(ofKind.filter(({ Properties }) => tag(Properties, role) === '1')).toHaveLength(count);
  });

  it('puts out the networks of the public subnets, in which the load balancers are', () => {
    const networks = (Object.values(large.findResources('AWS::EC2::Subnet')) as Subnet[])
      .filter(({ Properties }) => tag(Properties, 'aws-cdk:subnet-name') === 'public')
      .map(({ Properties }) => Properties.CidrBlock);
    large.hasOutput('PublicSubnetCidrs', { Value: networks.join() });
  });

  it('gives no instance a public address by itself, and leaves the default security group without rules', () => {
    large.allResourcesProperties('AWS::EC2::Subnet', Match.objectLike({ MapPublicIpOnLaunch: false }));
    large.resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  });

  it('gives public nodes a public address, where there are any', () => {
    const { network } = templatesOf(course);
    network!.resourcePropertiesCountIs('AWS::EC2::Subnet', { MapPublicIpOnLaunch: true }, 2);
  });

  it('records who spoke to whom, for a time', () => {
    large.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL', ResourceType: 'VPC' });
    large.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    large.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'RetainExceptOnCreate' });
    small.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  it('reaches AWS without NAT where that is configured', () => {
    const names = (template: typeof large) =>
      Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
        .map(({ Properties: { ServiceName: name } }) =>
          JSON.stringify(name).replaceAll(/.*[.,]"?|"?[\]}"]*$/g, ''),
        )
        .sort();
    expect(names(large)).toEqual(['api', 'dkr', 'logs', 's3', 'secretsmanager', 'sts']);
    expect(names(small)).toEqual(['s3']);
    large.allResourcesProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.0/16', FromPort: 443, ToPort: 443 })],
    });
  });
});

interface Subnet {
  Properties: { CidrBlock: string; Tags: { Key: string; Value: string }[] };
}

function tag({ Tags }: Subnet['Properties'], key: string): string | undefined {
  return Tags.find(({ Key }) => Key === key)?.Value;
}
