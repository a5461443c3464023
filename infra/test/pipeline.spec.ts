import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import course from '../config/course.ts';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { parseConfig } from '../lib/config/config.ts';
import { allStatements, statementsOf } from './support/roles.ts';
import { templatesOf } from './support/templates.ts';

const { pipeline, workloads } = templatesOf(production);
const large = pipeline!;
const slides = templatesOf(course).pipeline!;

interface Action {
  Name: string;
  RunOrder: number;
  Configuration: Record<string, unknown>;
}
interface Stage {
  Name: string;
  Actions: Action[];
}
const [made] = Object.values(large.findResources('AWS::CodePipeline::Pipeline'));
const stages = made!.Properties.Stages as Stage[];

describe('the pipeline', () => {
  it('is of type V2, and takes commits one after the other', () => {
    expect(made!.Properties).toMatchObject({
      Name: 'eks-devops',
      PipelineType: 'V2',
      ExecutionMode: 'QUEUED',
    });
  });

  it('goes from the commit over staging and a person to production', () => {
    expect(stages.map(({ Name, Actions }) => [Name, Actions.map((action) => action.Name)])).toEqual([
      ['Source', ['Source']],
      ['Build', ['BuildAndTest']],
      ['Staging', ['Deploy']],
      ['Approval', ['DeploymentApproval']],
      ['Production', ['Deploy']],
    ]);
  });

  it('deploys the images that it has built, by their digests', () => {
    for (const name of ['Staging', 'Production']) {
      const [action] = stages.find(({ Name }) => Name === name)!.Actions;
      expect(JSON.parse(action!.Configuration.EnvironmentVariables as string)).toEqual(
        ['COMMIT', 'USER_MANAGEMENT_IMAGE', 'NOTIFICATION_IMAGE'].map((variable) => ({
          name: variable,
          type: 'PLAINTEXT',
          value: `#{build.${variable}}`,
        })),
      );
    }
  });

  it('takes commits from a connection to GitHub, or from CodeCommit', () => {
    expect(stages[0]!.Actions[0]!.Configuration).toMatchObject({
      ConnectionArn: expect.stringContaining(':connection/'),
      FullRepositoryId: 'example/usermgmt',
      BranchName: 'main',
    });
    const source = { kind: 'codecommit', repository: 'usermgmt' } as const;
    const { pipeline: other } = templatesOf(course, { pipeline: { ...course.pipeline, source } });
    other!.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Stages: Match.arrayWith([
        Match.objectLike({
          Actions: [Match.objectLike({ ActionTypeId: Match.objectLike({ Provider: 'CodeCommit' }) })],
        }),
      ]),
    });
  });

  it('asks a person before production, and tells people when it fails', () => {
    expect(stages[3]!.Actions[0]!.Configuration.NotificationArn).toEqual({
      Ref: expect.stringMatching(/^People/),
    });
    large.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operators@example.com',
    });
    large.hasResourceProperties('AWS::CodeStarNotifications::NotificationRule', {
      EventTypeIds: Match.arrayWith(['codepipeline-pipeline-pipeline-execution-failed']),
    });
  });

  it('encrypts what it hands on, and forgets it after a month', () => {
    large.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  it('has no staging in the course, and is not there at all where it must be cheap', () => {
    const [small] = Object.values(slides.findResources('AWS::CodePipeline::Pipeline'));
    expect((small!.Properties.Stages as Stage[]).map(({ Name }) => Name)).toEqual([
      'Source',
      'Build',
      'Approval',
      'Production',
    ]);
    expect(templatesOf(minimal).pipeline).toBeUndefined();
  });
});

describe('the build', () => {
  it('runs buildspec.yml, with Docker, on the architecture of the nodes', () => {
    const project = (Type: string) => ({
      Source: { BuildSpec: 'buildspec.yml' },
      Environment: { PrivilegedMode: true, Type },
    });
    large.hasResourceProperties('AWS::CodeBuild::Project', project('ARM_CONTAINER'));
    slides.hasResourceProperties('AWS::CodeBuild::Project', project('LINUX_CONTAINER'));
  });

  it('may push to the two repositories, and touch nothing else that runs', () => {
    const statements = statementsOf(large, roleOf('build-eks-devops'));
    const push = statements.find(({ Action }) => JSON.stringify(Action).includes('ecr:PutImage'));
    expect(push!.Resource).toEqual([
      { 'Fn::ImportValue': expect.stringContaining('notification') },
      { 'Fn::ImportValue': expect.stringContaining('usermanagement') },
    ]);
    const services = new Set(
      statements.flatMap(({ Action }) => Action).map((action) => action.split(':')[0]),
    );
    expect([...services].sort()).toEqual(['codebuild', 'ecr', 'kms', 'logs', 's3']);
  });
});

describe('a deployment', () => {
  it('may change things in its own namespace only, and is no master of the cluster', () => {
    for (const namespace of ['usermgmt-staging', 'usermgmt']) {
      large.hasResourceProperties('AWS::EKS::AccessEntry', {
        PrincipalArn: { 'Fn::GetAtt': [roleOf(`deploy-eks-devops-${namespace}`), 'Arn'] },
        KubernetesGroups: [`deployers:${namespace}`],
        AccessPolicies: [
          {
            PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy',
            AccessScope: { Type: 'namespace', Namespaces: [namespace] },
          },
        ],
      });
    }
    large.resourceCountIs('AWS::EKS::AccessEntry', 2);
    expect(JSON.stringify(large.toJSON())).not.toContain('system:masters');
  });

  it('has a group whose rights end at its namespace', () => {
    const bindings = JSON.stringify(workloads!.toJSON()).match(/deployers:[a-z-]+/g);
    // A Role and a ClusterRole are bound in each of the two.
    expect(bindings!.sort()).toEqual([
      'deployers:usermgmt',
      'deployers:usermgmt',
      'deployers:usermgmt-staging',
      'deployers:usermgmt-staging',
    ]);
  });

  it('reads the cluster and the outputs of stacks, and changes nothing in AWS', () => {
    for (const namespace of ['usermgmt-staging', 'usermgmt']) {
      const actions = statementsOf(large, roleOf(`deploy-eks-devops-${namespace}`)).flatMap(
        ({ Action }) => Action,
      );
      const beyond = actions.filter(
        (action) => !/^(logs|s3|kms|ec2):|Describe|secretsmanager:GetSecretValue/.test(action),
      );
      expect(beyond).toEqual([]);
      expect(actions.filter((action) => /^s3:(Put|Delete)/.test(action))).toEqual([]);
    }
  });

  it('to staging has the passwords of its own database, and the one to production has none', () => {
    large.hasResourceProperties('AWS::CodeBuild::Project', {
      Name: 'deploy-eks-devops-usermgmt-staging',
      Environment: {
        EnvironmentVariables: Match.arrayWith([
          Match.objectLike({ Name: 'DB_PASSWORD', Type: 'SECRETS_MANAGER' }),
          Match.objectLike({ Name: 'DB_ROOT_PASSWORD', Type: 'SECRETS_MANAGER' }),
        ]),
      },
    });
    large.resourceCountIs('AWS::SecretsManager::Secret', 2);
    const production = statementsOf(large, roleOf('deploy-eks-devops-usermgmt'));
    expect(JSON.stringify(production)).not.toContain('secretsmanager');
  });

  it('reaches the API server from inside the VPC', () => {
    large.hasResourceProperties('AWS::CodeBuild::Project', {
      Name: 'deploy-eks-devops-usermgmt',
      Source: { BuildSpec: 'buildspec-deploy.yml' },
      VpcConfig: { VpcId: Match.anyValue(), Subnets: Match.anyValue() },
      Environment: {
        PrivilegedMode: false,
        EnvironmentVariables: Match.arrayWith([
          Match.objectLike({ Name: 'HOST', Value: 'usermgmt.example.com' }),
        ]),
      },
    });
    large.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 443,
      GroupId: { 'Fn::ImportValue': Match.stringLikeRegexp('ClusterSecurityGroupId') },
    });
  });
});

describe('the logs of the projects', () => {
  it('are named by outputs, which the documentation asks for', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/learn/aws-pipeline.md'), 'utf8');
    const asked = [...page.matchAll(/OutputKey=='(\w+)'/g)].map(([, name]) => name);
    expect(asked).toEqual(['BuildLogGroup', 'DeployLogGroup']);
    expect(Object.keys(large.findOutputs('*'))).toEqual(expect.arrayContaining(asked));
  });
});

describe('roles', () => {
  it('are one for each action, none of which may do everything', () => {
    for (const { Action } of allStatements(large)) {
      expect([Action].flat()).not.toContain('*');
      expect([Action].flat().filter((action) => action.endsWith(':*'))).toEqual([]);
    }
  });
});

describe('the configuration of the pipeline', () => {
  const withPipeline = (changes: object) => () =>
    parseConfig({ ...production, pipeline: { ...production.pipeline, ...changes } });

  it.each([
    [
      'a namespace that is not there',
      { production: { overlay: 'production', namespace: 'other', host: 'a.example.com' } },
      'pipeline.production.namespace: other is not one of cluster.namespaces',
    ],
    [
      'images that the nodes cannot run',
      { architecture: 'amd64' },
      'images for amd64 do not run on nodes of arm64',
    ],
    [
      'an overlay that is not there',
      { production: { ...production.pipeline.production, overlay: 'prod' } },
      'pipeline.production.overlay: not one of k8s/overlays: alb, ',
    ],
    [
      'one namespace for both stages',
      { staging: { ...production.pipeline.staging, namespace: 'usermgmt' } },
      'staging and production are the same namespace',
    ],
    ['a source that is nothing', { source: { kind: 'svn' } }, 'pipeline.source.kind: '],
    [
      'a connection that is none',
      { source: { ...production.pipeline.source, connectionArn: 'mine' } },
      'pipeline.source.connectionArn: ',
    ],
  ])('may not have %s', (_, changes, message) => {
    expect(withPipeline(changes)).toThrow(message);
  });
});

/** The logical id of the role of a CodeBuild project. */
function roleOf(projectName: string): string {
  const project = Object.values(large.findResources('AWS::CodeBuild::Project')).find(
    ({ Properties }) => Properties.Name === projectName,
  );
  return project!.Properties.ServiceRole['Fn::GetAtt'][0];
}
