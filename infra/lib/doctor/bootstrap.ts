import { z } from 'zod';
import { callerOf } from './account.ts';
import { AwsError, strings, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { notChecked, ok, toDo, type Check, type Verdict } from './verdict.ts';

/** What `cdk bootstrap` does as the caller: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
const TO_BOOTSTRAP =
  'cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet iam:CreateRole iam:AttachRolePolicy s3:CreateBucket ecr:CreateRepository ssm:PutParameter';

/** Some of what CloudFormation does with the role of the bootstrap, which has all rights by default. */
const TO_CREATE =
  'ec2:CreateVpc eks:CreateCluster rds:CreateDBInstance iam:CreateRole iam:PassRole iam:CreateServiceLinkedRole kms:CreateKey ecr:CreateRepository ses:CreateEmailIdentity sns:CreateTopic';

/** The CDK's bootstrap, and the rights to use it or to create it. */
export function bootstrap(plan: Plan, ask: Ask): Check[] {
  return [
    { title: 'bootstrap', run: () => isBootstrapped(plan, ask) },
    { title: 'rights', run: () => rights(plan, ask) },
  ];
}

/** @returns 0 if there is none */
async function versionOf(ask: Ask): Promise<number> {
  try {
    const query = "Stacks[0].Outputs[?OutputKey=='BootstrapVersion'].OutputValue | [0] || '0'";
    return Number(await ask(z.string(), 'cloudformation describe-stacks --stack-name CDKToolkit', query));
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ValidationError') return 0;
    throw error;
  }
}

async function isBootstrapped({ config, bootstrapVersion }: Plan, ask: Ask): Promise<Verdict> {
  const version = await versionOf(ask);
  if (version >= bootstrapVersion) return ok(`CDKToolkit, version ${version}`);
  const reason = version === 0 ? 'there is none' : `its version is ${version}, not ${bootstrapVersion}`;
  return toDo(`infra/node_modules/.bin/cdk bootstrap aws://${config.account}/${config.region} (${reason})`);
}

async function rights(plan: Plan, ask: Ask): Promise<Verdict[]> {
  const [, arn] = await callerOf(ask);
  const caller = await principalOf(arn, ask);
  if (caller === undefined) return [notChecked(`IAM does not simulate the rights of ${arn}: use a role`)];
  const verdict = (who: string, denied: string[], what: string) =>
    denied.length === 0
      ? ok(`${who} may ${what}`)
      : toDo(`give ${who} what it needs to ${what}: ${denied.join(', ')}`);
  if ((await versionOf(ask)) === 0) {
    return [verdict(caller, await deniedTo(caller, TO_BOOTSTRAP, [], ask), 'bootstrap')];
  }
  const roles = plan.roles.map((role) => role.replace('${AWS::Partition}', caller.split(':')[1] ?? ''));
  const [execution = ''] = roles.filter((role) => role.includes('-cfn-exec-role-'));
  const assumed = roles.filter((role) => role !== execution);
  return [
    verdict(
      caller,
      await deniedTo(caller, 'sts:AssumeRole', assumed, ask),
      'assume the roles of the bootstrap',
    ),
    verdict(execution, await deniedTo(execution, TO_CREATE, [], ask), 'create the stacks'),
  ];
}

/** @returns the user or role that has the policies; undefined for others, the root user for example */
async function principalOf(arn: string, ask: Ask): Promise<string | undefined> {
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (role === undefined) return arn.includes(':user/') ? arn : undefined;
  // The ARN of a session does not contain the path of its role.
  return ask(z.string(), `iam get-role --role-name ${role}`, 'Role.Arn');
}

/** Simulates the policies of the principal and of its organization, but not the trust policies of roles. */
function deniedTo(principal: string, actions: string, resources: string[], ask: Ask): Promise<string[]> {
  const on = resources.length > 0 ? ` --resource-arns ${resources.join(' ')}` : '';
  return ask(
    strings,
    `iam simulate-principal-policy --policy-source-arn ${principal} --action-names ${actions}${on}`,
    "EvaluationResults[?EvalDecision!='allowed'].join(' on ', [EvalActionName, EvalResourceName || '*'])",
  );
}
