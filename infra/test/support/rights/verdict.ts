// AGPL-3.0: tests run it; it is part of no image and of no deployment.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Role } from './synthesized-account.ts';

/** What AWS looks for in the policies of a caller before it does what was asked for. */
export interface Need {
  action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  resource: string;
  /** Condition keys and their values. */
  context?: Record<string, string>;
}

/**
 * Whether the policies of a role allow something.
 *
 * @throws {Error} if AWS knows no such action, or the action no such resource
 */
export async function isAllowed(role: Role, { action, resource, context = {} }: Need): Promise<boolean> {
  const accountId = /^arn:.*?:(\d{12}):/.exec(resource)?.[1] ?? '111122223333';
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${accountId}:assumed-role/role/session`,
        action,
        resource: { resource, accountId },
        contextVariables: context,
      },
      identityPolicies: [{ name: role.name, policy: { Version: '2012-10-17', Statement: role.statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === 'Allowed';
}
