import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { removalPolicy } from './removal-policy.ts';
import type { ServiceName } from './services.ts';

/** How many images a service keeps: enough to go back for months of daily deployments. */
const KEPT_IMAGES = 100;

/** One repository a service. A tag is a commit and never moves. */
export class RegistryStack extends Stack {
  readonly repositories: Record<ServiceName, Repository>;

  constructor(scope: Construct, id: string, config: Config, props: StackProps) {
    super(scope, id, props);
    const make = (service: ServiceName) => {
      const repository = new Repository(this, service, {
        repositoryName: `usermgmt/${service}`,
        imageTagMutability: TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        removalPolicy: removalPolicy(config),
        emptyOnDelete: config.data === 'throw-away',
        lifecycleRules: [
          { tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(7) },
          { tagStatus: TagStatus.ANY, maxImageCount: KEPT_IMAGES },
        ],
      });
      // An export must not go while the pipeline, which imports it and is taken away later, still exists.
      this.exportValue(repository.repositoryArn);
      new CfnOutput(this, `${service}-uri`, { value: repository.repositoryUri });
      return repository;
    };
    this.repositories = { 'user-management': make('user-management'), notification: make('notification') };
  }
}
