import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { load } from 'js-yaml';
import course from '../config/course.ts';
import production from '../config/production.ts';
import { templatesOf } from './support/templates.ts';

const large = templatesOf(production).cluster!;
const slides = templatesOf(course).cluster!;

describe('the control plane', () => {
  it('has a pinned version and the name of the course', () => {
    slides.hasResourceProperties('AWS::EKS::Cluster', { Name: 'eksdemo1', Version: '1.36' });
  });

  it('takes rights from access entries only, and gives none for having made it', () => {
    large.hasResourceProperties('AWS::EKS::Cluster', {
      AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
    });
    large.hasResourceProperties('AWS::EKS::AccessEntry', {
      PrincipalArn: 'arn:aws:iam::111122223333:role/administrator',
      AccessPolicies: [{ AccessScope: { Type: 'cluster' } }],
    });
    // The administrator, and the CDK's function for kubectl.
    large.resourceCountIs('AWS::EKS::AccessEntry', 2);
  });

  it('is reached from inside only, or also from named networks', () => {
    large.hasResourceProperties('AWS::EKS::Cluster', {
      ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: false },
    });
    slides.hasResourceProperties('AWS::EKS::Cluster', {
      ResourcesVpcConfig: {
        EndpointPrivateAccess: true,
        EndpointPublicAccess: true,
        PublicAccessCidrs: ['192.0.2.1/32'],
      },
    });
  });

  it('encrypts secrets with a key that is rotated', () => {
    large.hasResourceProperties('AWS::EKS::Cluster', { EncryptionConfig: [{ Resources: ['secrets'] }] });
    large.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  it('logs everything, for a time', () => {
    const types = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];
    large.hasResourceProperties('AWS::EKS::Cluster', {
      Logging: { ClusterLogging: { EnabledTypes: types.map((Type) => ({ Type })) } },
    });
    large.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/eks/eksdemo1/cluster',
      RetentionInDays: 90,
    });
  });
});

describe('every log group', () => {
  it('keeps its lines as long as the configuration says, also those of the functions of the CDK', () => {
    const groups = Object.values(large.findResources('AWS::Logs::LogGroup'));
    expect(groups.length).toBeGreaterThan(2);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(90);
  });
});

describe('nodes', () => {
  it('are private, and those of the course public too', () => {
    large.resourceCountIs('AWS::EKS::Nodegroup', 1);
    slides.hasResourceProperties('AWS::EKS::Nodegroup', {
      NodegroupName: Match.absent(),
      InstanceTypes: ['t3.medium'],
      ScalingConfig: { MinSize: 2, DesiredSize: 2, MaxSize: 4 },
      Subnets: Match.arrayWith([subnet('Private')]),
    });
    slides.hasResourceProperties('AWS::EKS::Nodegroup', {
      NodegroupName: Match.absent(),
      Subnets: Match.arrayWith([subnet('Public')]),
    });
  });

  it('run Amazon Linux 2023, without SSH, on encrypted disks, and keep their credentials from pods', () => {
    large.hasResourceProperties('AWS::EKS::Nodegroup', {
      AmiType: 'AL2023_ARM_64_STANDARD',
      RemoteAccess: Match.absent(),
    });
    large.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 50 } }],
      },
    });
  });

  it('may join, pull images and be reached by Session Manager, and nothing else', () => {
    const [role] = Object.values(large.findResources('AWS::IAM::Role')).filter(({ Properties }) =>
      JSON.stringify(Properties.AssumeRolePolicyDocument).includes('ec2.amazonaws.com'),
    );
    const policies = role!.Properties.ManagedPolicyArns.map(
      (arn: unknown) => /policy\/([^"]*)/.exec(JSON.stringify(arn))?.[1],
    );
    expect(policies).toEqual([
      'AmazonEKSWorkerNodePolicy',
      'AmazonEC2ContainerRegistryPullOnly',
      'AmazonSSMManagedInstanceCore',
    ]);
    expect(role!.Properties.Policies).toBeUndefined();
  });

  it('are replaced as the budgets of their pods allow', () => {
    large.hasResourceProperties('AWS::EKS::Nodegroup', {
      ForceUpdateEnabled: false,
      UpdateConfig: { MaxUnavailable: 1 },
    });
  });

  it('wait for their network', () => {
    const [group] = Object.values(large.findResources('AWS::EKS::Nodegroup'));
    expect(group!.DependsOn).toEqual(expect.arrayContaining(['vpccni', 'kubeproxy', 'ekspodidentityagent']));
  });
});

describe('Fargate', () => {
  it.each([
    ['fp-dev', { Namespace: 'fp-dev' }],
    ['fp-app2', { Namespace: 'ns-app2' }],
    ['fp-ums', { Namespace: 'ns-ums', Labels: [{ Key: 'runon', Value: 'fargate' }] }],
  ])('has the profile %s of the course, in private subnets', (name, selector) => {
    slides.hasResourceProperties('AWS::EKS::FargateProfile', {
      FargateProfileName: name,
      Selectors: [selector],
      Subnets: Match.arrayWith([subnet('Private')]),
    });
    large.resourceCountIs('AWS::EKS::FargateProfile', 0);
  });

  it('may write the one log group that the component fargate-logging names', () => {
    const { data } = load(read('../../k8s/components/fargate-logging/config-map.yaml')) as ConfigMap;
    const [, group] = /log_group_name (.*)/.exec(data['output.conf'])!;
    const [policy] = Object.values(slides.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties.Roles).includes('FargatePods'),
    );
    const [statement, ...others] = policy!.Properties.PolicyDocument.Statement;
    expect(others).toEqual([]);
    const resources = statement.Resource.map(
      (arn: unknown) => /:log-group:([^"]*)/.exec(JSON.stringify(arn))?.[1],
    );
    expect(resources).toEqual([group, `${group}:*`]);
  });
});

interface ConfigMap {
  data: { 'output.conf': string };
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** A subnet of the network stack, as another stack refers to it. */
function subnet(kind: string): unknown {
  return { 'Fn::ImportValue': Match.stringLikeRegexp(`${kind.toLowerCase()}Subnet1`) };
}
