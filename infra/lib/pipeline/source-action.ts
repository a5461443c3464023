import { Repository } from 'aws-cdk-lib/aws-codecommit';
import type { Artifact, IAction } from 'aws-cdk-lib/aws-codepipeline';
import {
  CodeCommitSourceAction,
  CodeStarConnectionsSourceAction,
} from 'aws-cdk-lib/aws-codepipeline-actions';
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
  return new CodeStarConnectionsSourceAction({ ...common, owner, repo, connectionArn: source.connectionArn });
}
