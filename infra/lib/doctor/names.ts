import { z } from 'zod';
import { strings, type Ask } from './aws.ts';
import type { Plan, Resource } from './plan.ts';
import { deployedStacks, ownResources } from './stacks.ts';
import { notChecked, ok, toDo, verdictsOf, type Check, type Verdict } from './verdict.ts';

const LOG_GROUP = 'AWS::Logs::LogGroup';
const RULE = 'AWS::CodeStarNotifications::NotificationRule';
/** Types whose names belong to a cluster or a role, not to the account. */
const INSIDE_ANOTHER = /^AWS::(EKS::(Addon|FargateProfile|Nodegroup)|IAM::Policy)$/;

/**
 * How the names of a type are listed: a command, and a query for the ids that CloudFormation uses, which are names or
 * ARNs that end in a name.
 */
const LISTS: Record<string, [command: string, query: string]> = {
  'AWS::Budgets::Budget': ['budgets describe-budgets --account-id ACCOUNT', 'Budgets[].BudgetName'],
  'AWS::CloudWatch::Alarm': ['cloudwatch describe-alarms', '[MetricAlarms, CompositeAlarms][].AlarmName'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch list-dashboards', 'DashboardEntries[].DashboardName'],
  'AWS::CodeBuild::Project': ['codebuild list-projects', 'projects'],
  'AWS::CodePipeline::Pipeline': ['codepipeline list-pipelines', 'pipelines[].name'],
  [RULE]: ['codestar-notifications list-notification-rules', 'NotificationRules[].Arn'],
  'AWS::ECR::Repository': ['ecr describe-repositories', 'repositories[].repositoryName'],
  'AWS::EKS::Cluster': ['eks list-clusters', 'clusters'],
  [LOG_GROUP]: ['logs describe-log-groups', 'logGroups[].logGroupName'],
  'AWS::RDS::DBInstance': ['rds describe-db-instances', 'DBInstances[].DBInstanceIdentifier'],
  'AWS::SES::ConfigurationSet': ['sesv2 list-configuration-sets', 'ConfigurationSets'],
  'AWS::SES::EmailIdentity': ['sesv2 list-email-identities', 'EmailIdentities[].IdentityName'],
  'AWS::SNS::Topic': ['sns list-topics', 'Topics[].TopicArn'],
};

/** Whether each name that the templates fix is free, or belongs to a stack of this configuration. */
export function names(plan: Plan, ask: Ask): Check {
  const namesOf = async (type: string, wanted: string[]): Promise<Verdict[]> => {
    const [command, query] = LISTS[type] ?? [];
    if (command === undefined || query === undefined) throw new Error(`the doctor cannot list ${type}`);
    const own = await ownResources(plan, ask);
    const ids = await ask(strings, command.replace('ACCOUNT', plan.config.account), query);
    const foreign = ids.filter((id) => !own.includes(`${type} ${id}`));
    const taken = await Promise.all(
      foreign.map((id) => (type === RULE ? ruleName(id, ask) : Promise.resolve(lastPart(id)))),
    );
    const others = await otherConfigurations(plan, ask);
    return wanted.map((name) => {
      if (!taken.includes(name)) return ok(name);
      const because = `${type} ${name} exists, and is of no stack of this configuration${others}`;
      // A service that stops may write to its log group once more, which creates it again.
      if (type === LOG_GROUP)
        return toDo(`aws logs delete-log-group --log-group-name ${name}, if it is left over (${because})`);
      return toDo(`look at it with aws ${command}, and delete it or choose another name (${because})`);
    });
  };
  const run = async () => {
    const byType = Map.groupBy(fixedNames(plan), ({ type }) => type);
    const verdicts = [...byType].map(async ([type, resources]) => {
      const wanted = resources.map(({ name }) => name);
      const found = await verdictsOf({ run: () => namesOf(type, wanted) });
      return found.map(({ is, text }) =>
        is === 'not checked' ? notChecked(`${wanted.join(', ')}: ${text}`) : { is, text },
      );
    });
    const { ok: free = [], ...others } = Object.groupBy((await Promise.all(verdicts)).flat(), ({ is }) => is);
    const summary = free.length > 0 ? [ok(`${free.length} are free or of this configuration`)] : [];
    return [...Object.values(others).flat(), ...summary];
  };
  return { title: 'names', run };
}

/** All names in the account that the templates fix. */
export function fixedNames({ resources }: Pick<Plan, 'resources'>): { type: string; name: string }[] {
  return resources
    .filter(({ type }) => !INSIDE_ANOTHER.test(type))
    .flatMap((resource) => {
      const name = fixedName(resource);
      return name === undefined ? [] : [{ type: resource.type, name }];
    });
}

/**
 * The name that a template fixes for a resource, which no other resource may have. The property is called `Name` or after
 * the type: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
function fixedName({ type, properties }: Resource): string | undefined {
  const own = type.split('::').at(-1) ?? '';
  // The properties of a budget are in one that is called Budget.
  const inner = z.looseObject({}).safeParse(properties[own]).data;
  return ['Name', own, `${own}Name`, `${own}Identifier`]
    .map((property) => properties[property] ?? inner?.[property])
    .find((value) => typeof value === 'string');
}

const lastPart = (id: string) => (id.startsWith('arn:') ? id.slice(id.lastIndexOf(':') + 1) : id);

/** The ARN of a rule does not contain its name. */
const ruleName = (arn: string, ask: Ask) =>
  ask(z.string(), `codestar-notifications describe-notification-rule --arn ${arn}`, 'Name');

async function otherConfigurations({ config }: Plan, ask: Ask): Promise<string> {
  const all = (await deployedStacks(ask)).flatMap(({ configurations }) => configurations);
  const others = [...new Set(all)].filter((name) => name !== config.name);
  return others.length === 0 ? '' : `; ${others.join(', ')} is deployed here too`;
}
