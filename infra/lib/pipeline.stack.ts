import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  Artifact,
  ExecutionMode,
  Pipeline,
  PipelineNotificationEvents,
  PipelineType,
} from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction, ManualApprovalAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import type { StageConfig } from './config/pipeline.ts';
import { buildProject } from './pipeline/build-project.ts';
import { deployProject } from './pipeline/deploy-project.ts';
import { justifyPipeline } from './pipeline/justify-pipeline.ts';
import { sourceAction } from './pipeline/source-action.ts';
import type { RegistryStack } from './registry.stack.ts';
import { removalPolicy } from './removal-policy.ts';

/** How long the sources and results of a run are kept. */
const ARTIFACT_DAYS = 30;

export interface PipelineStackProps extends StackProps {
  vpc: IVpc;
  cluster: Cluster;
  repositories: RegistryStack['repositories'];
}

type PipelineConfig = NonNullable<Config['pipeline']>;

/** A commit is built, tested, pushed, deployed to staging, approved by a person, and deployed to production. */
export class PipelineStack extends Stack {
  private readonly config: Config;
  private readonly given: PipelineStackProps;
  private readonly sources = new Artifact('source');

  constructor(
    scope: Construct,
    id: string,
    config: Config,
    pipeline: PipelineConfig,
    props: PipelineStackProps,
  ) {
    super(scope, id, props);
    this.config = config;
    this.given = props;
    this.addPipeline(pipeline);
  }

  private addPipeline({ source, architecture, staging, production, approvedBy }: PipelineConfig): void {
    const people = new Topic(this, 'People', {
      topicName: `${this.config.name}-deployments`,
      enforceSSL: true,
    });
    people.addSubscription(new EmailSubscription(approvedBy));
    const build = buildProject(this, this.config, architecture, this.given.repositories);
    const artifactBucket = this.artifacts();
    const pipeline = new Pipeline(this, 'Pipeline', {
      pipelineName: 'eks-devops',
      pipelineType: PipelineType.V2,
      // One commit after the other, none left out: two deployments at once would undo each other.
      executionMode: ExecutionMode.QUEUED,
      artifactBucket,
      stages: [
        { stageName: 'Source', actions: [sourceAction(this, source, this.sources)] },
        {
          stageName: 'Build',
          actions: [
            new CodeBuildAction({
              actionName: 'BuildAndTest',
              project: build,
              input: this.sources,
              outputs: [new Artifact('reports')],
              variablesNamespace: 'build',
            }),
          ],
        },
      ],
    });
    if (staging) this.addDeployment(pipeline, 'Staging', staging);
    pipeline.addStage({
      stageName: 'Approval',
      actions: [
        new ManualApprovalAction({
          actionName: 'DeploymentApproval',
          notificationTopic: people,
          additionalInformation: 'Commit #{build.COMMIT} is to be deployed to production.',
          // An approval that nobody answers holds up all later commits, because the mode is QUEUED.
          timeout: Duration.days(1),
        }),
      ],
    });
    this.addDeployment(pipeline, 'Production', production);
    pipeline.notifyOn('Failures', people, {
      events: [
        PipelineNotificationEvents.PIPELINE_EXECUTION_FAILED,
        PipelineNotificationEvents.MANUAL_APPROVAL_FAILED,
      ],
    });
    justifyPipeline(this, pipeline, artifactBucket);
  }

  private addDeployment(pipeline: Pipeline, stageName: string, stage: StageConfig): void {
    const { cluster, vpc } = this.given;
    pipeline.addStage({
      stageName,
      actions: [
        new CodeBuildAction({
          actionName: 'Deploy',
          project: deployProject(this, this.config, stageName, stage, { cluster, vpc }),
          input: this.sources,
          // What the build exports: the images by their digests.
          environmentVariables: {
            COMMIT: { value: '#{build.COMMIT}' },
            USER_MANAGEMENT_IMAGE: { value: '#{build.USER_MANAGEMENT_IMAGE}' },
            NOTIFICATION_IMAGE: { value: '#{build.NOTIFICATION_IMAGE}' },
          },
        }),
      ],
    });
  }

  private artifacts(): Bucket {
    return new Bucket(this, 'Artifacts', {
      encryption: BucketEncryption.KMS,
      encryptionKey: new Key(this, 'ArtifactsKey', {
        description: 'What the pipeline hands from stage to stage',
        enableKeyRotation: true,
        removalPolicy: removalPolicy(this.config),
      }),
      bucketKeyEnabled: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ expiration: Duration.days(ARTIFACT_DAYS) }],
      removalPolicy: removalPolicy(this.config),
      autoDeleteObjects: this.config.data === 'throw-away',
    });
  }
}
