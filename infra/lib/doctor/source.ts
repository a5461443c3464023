import { z } from 'zod';
import { orIf, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { ok, toDo, type Check, type Verdict } from './verdict.ts';

/** Where the pipeline gets commits from. */
export function source({ config: { pipeline } }: Plan, ask: Ask): Check[] {
  if (!pipeline) return [];
  const { source: from } = pipeline;
  const run = () =>
    from.kind === 'github' ? connection(from.connectionArn, ask) : repository(from.repository, ask);
  return [{ title: 'source of the pipeline', run }];
}

async function connection(arn: string, ask: Ask): Promise<Verdict> {
  // The ARN of a connection from before 2024-07 has the service's older name.
  const [, , service, region] = arn.split(':');
  const page = `https://${region}.console.aws.amazon.com/codesuite/settings/connections`;
  const command = `${service} get-connection --connection-arn ${arn} --region ${region}`;
  return ask(z.string(), command, 'Connection.ConnectionStatus').then(
    (status) =>
      status === 'AVAILABLE'
        ? ok(`${arn} is ${status}`)
        : toDo(`complete ${arn} on ${page}: it is ${status}`),
    orIf(
      'ResourceNotFoundException',
      `create a connection on ${page}, and correct pipeline.source: no ${arn}`,
    ),
  );
}

async function repository(name: string, ask: Ask): Promise<Verdict> {
  const command = `codecommit get-repository --repository-name ${name}`;
  return ask(z.string(), command, 'repositoryMetadata.repositoryName').then(
    (found) => ok(`the repository ${found} exists`),
    orIf('RepositoryDoesNotExistException', `aws codecommit create-repository --repository-name ${name}`),
  );
}
