import { CfnOutput, Duration } from 'aws-cdk-lib';
import {
  BuildSpec,
  Cache,
  ComputeType,
  LinuxArmBuildImage,
  LinuxBuildImage,
  LocalCacheMode,
  PipelineProject,
} from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Config } from '../config/config.ts';
import { justify, wildcards } from '../justify.ts';
import { justifyRights } from '../justify-rights.ts';
import { logGroup } from '../log-group.ts';
import type { RegistryStack } from '../registry.stack.ts';
import { justifyProject } from './justify-project.ts';

/** What buildspec.yml runs in: Docker, and the right to push to the two repositories. */
export function buildProject(
  scope: Construct,
  config: Config,
  architecture: 'amd64' | 'arm64',
  repositories: RegistryStack['repositories'],
): PipelineProject {
  const logs = logGroup(scope, 'BuildLogs', config);
  new CfnOutput(scope, 'BuildLogGroup', { value: logs.logGroupName });
  const project = new PipelineProject(scope, 'Build', {
    projectName: 'build-eks-devops',
    description: 'Tests a commit, builds the images and pushes them to ECR',
    buildSpec: BuildSpec.fromSourceFilename('buildspec.yml'),
    environment: {
      buildImage: imageFor(architecture),
      computeType: ComputeType.LARGE,
      // For the Docker engine.
      privileged: true,
    },
    environmentVariables: {
      REGISTRY: { value: repositories.notification.registryUri },
    },
    cache: Cache.local(LocalCacheMode.DOCKER_LAYER, LocalCacheMode.CUSTOM),
    timeout: Duration.hours(1),
    queuedTimeout: Duration.hours(8),
    logging: { cloudWatch: { logGroup: logs } },
  });
  for (const repository of Object.values(repositories)) repository.grantPullPush(project);
  project.addToRolePolicy(
    new PolicyStatement({
      actions: ['ecr:DescribeImageScanFindings'],
      resources: Object.values(repositories).map(({ repositoryArn }) => repositoryArn),
    }),
  );
  justify(project, {
    ...wildcards(['*'], 'GetAuthorizationToken knows no resources.'),
    'AwsSolutions-CB3': 'It builds images, and needs the Docker engine for it.',
  });
  justifyProject(project);
  justifyRights(project, {
    ...Object.fromEntries(
      PUSH_AND_PULL.map((action) => [
        `ecr:${action}`,
        'Docker pushes images and asks for their digests by the registry API, which is not recorded.',
      ]),
    ),
    'codebuild:*': 'CodeBuild writes the test reports.',
  });
  return project;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html and image-pull-iam.html */
const PUSH_AND_PULL = [
  'BatchCheckLayerAvailability',
  'BatchGetImage',
  'CompleteLayerUpload',
  'GetDownloadUrlForLayer',
  'InitiateLayerUpload',
  'PutImage',
  'UploadLayerPart',
];

function imageFor(architecture: 'amd64' | 'arm64') {
  return architecture === 'arm64'
    ? LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_4_0
    : LinuxBuildImage.AMAZON_LINUX_2023_6;
}
