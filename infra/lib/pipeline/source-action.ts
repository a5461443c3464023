import { Repository } from 'aws-cdk-lib/aws-codecommit';
import type {
  ActionBindOptions,
  ActionConfig,
  Artifact,
  IAction,
  IStage,
} from 'aws-cdk-lib/aws-codepipeline';
import {
  CodeCommitSourceAction,
  CodeStarConnectionsSourceAction,
  type CodeStarConnectionsSourceActionProps,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { SourceConfig } from '../config/pipeline.ts';

/** Where commits come from; each one on the branch starts the pipeline. */
export function sourceAction(scope: Construct, source: SourceConfig, output: Artifact): IAction {
  const common = { actionName: 'Source', branch: source.branch, output };
  if (source.kind === 'codecommit') {
    const repository = Repository.fromRepositoryName(scope, 'Repository', source.repository);
    return new CodeCommitSourceAction({ ...common, repository });
  }
  const [owner = '', repo = ''] = source.repository.split('/');
  return new ConnectionSourceAction({ ...common, owner, repo, connectionArn: source.connectionArn });
}

/**
 * The CDK's action for connections grants `codestar-connections:UseConnection` only. For a connection whose ARN begins
 * with `arn:aws:codeconnections`, as of all that were made since July 2024, IAM wants the action with that prefix:
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
 */
class ConnectionSourceAction extends CodeStarConnectionsSourceAction {
  private readonly connectionArn: string;

  constructor(props: CodeStarConnectionsSourceActionProps) {
    super(props);
    this.connectionArn = props.connectionArn;
  }

  protected override bound(scope: Construct, stage: IStage, options: ActionBindOptions): ActionConfig {
    options.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['codeconnections:UseConnection'],
        resources: [this.connectionArn],
      }),
    );
    return super.bound(scope, stage, options);
  }
}
