import { z } from 'zod';
import { CONFIGURATION_TAG } from '../stacks.ts';
import { strings, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { notChecked, ok, toDo, type Check, type Verdict } from './verdict.ts';

const stack = z.object({
  name: z.string(),
  status: z.string(),
  isProtected: z.boolean(),
  configurations: strings,
});
const QUERY = `Stacks[].{name: StackName, status: StackStatus, isProtected: EnableTerminationProtection || \`false\`, configurations: (Tags || \`[]\`)[?Key=='${CONFIGURATION_TAG}'].Value}`;

/** Commands for stacks that failed. For other failures the events have to be read. */
const REPAIR: Record<string, string> = {
  CREATE_FAILED: 'rollback-stack',
  UPDATE_FAILED: 'rollback-stack',
  UPDATE_ROLLBACK_FAILED: 'continue-update-rollback',
};

/** All stacks of the region. */
export const deployedStacks = (ask: Ask) => ask(z.array(stack), 'cloudformation describe-stacks', QUERY);

/** What the stacks of the configuration have created: `TYPE ID`, with the id that CloudFormation uses. */
export async function ownResources(plan: Plan, ask: Ask): Promise<string[]> {
  const own = (await deployedStacks(ask)).filter(({ name }) => plan.stacks.includes(name));
  // These belong to no stack: they were not created, were deleted, or were kept when a stack was rolled back.
  const gone = `'CREATE_FAILED DELETE_COMPLETE DELETE_SKIPPED'`;
  const query = `StackResourceSummaries[?!contains(${gone}, ResourceStatus)].join(' ', [ResourceType, PhysicalResourceId || ''])`;
  const answers = own.map(({ name }) =>
    ask(strings, `cloudformation list-stack-resources --stack-name ${name}`, query),
  );
  return (await Promise.all(answers)).flat();
}

/** Whether each stack is in a state from which it can be deployed. */
export function stacks(plan: Plan, ask: Ask): Check {
  const run = async () => {
    const own = (await deployedStacks(ask)).filter(({ name }) => plan.stacks.includes(name));
    const wrong = own.flatMap((one) => stateOf(one) ?? []);
    return wrong.length > 0 ? wrong : ok(`${own.length} of ${plan.stacks.length} exist, and can be deployed`);
  };
  return { title: 'stacks', run };
}

/**
 * @returns what to do about a stack; undefined if it can be deployed
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
export function stateOf({ name, status, isProtected }: z.output<typeof stack>): Verdict | undefined {
  const run = (operation: string) => `aws cloudformation ${operation} --stack-name ${name}`;
  const because = `(${name} is in ${status})`;
  if (/^(ROLLBACK|DELETE)_FAILED$/.test(status)) {
    const unprotect = run('update-termination-protection --no-enable-termination-protection');
    const first = isProtected ? `${unprotect} && ` : '';
    return toDo(`${first}${run('delete-stack')}, and see in its events what stops that ${because}`);
  }
  // ROLLBACK_COMPLETE too: `deploy` deletes that stack, protected or not, and creates it again.
  if (/_COMPLETE$|^REVIEW_IN_PROGRESS$/.test(status)) return undefined;
  if (status.endsWith('_IN_PROGRESS')) return toDo(`wait until CloudFormation has done its work ${because}`);
  if (REPAIR[status] !== undefined) return toDo(`${run(REPAIR[status])} ${because}`);
  const see = `${run('describe-stack-events')} shows why ${because}`;
  return status.endsWith('_FAILED') ? toDo(see) : notChecked(see);
}
