import type { RecordedNeed } from './recorded-aws.ts';
import type { Role } from './synthesized-account.ts';

/** Each right that a role has, as its policies write it. */
export function rightsOf({ statements }: Role): { action: string; resource: string }[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource: String(resource) }))),
    );
}

/**
 * The rights of a role that no call has used and nothing justifies.
 *
 * @returns sentences: `ROLE may ACTION on RESOURCE`
 */
export function unusedRights(role: Role, needs: readonly RecordedNeed[] = []): string[] {
  return rightsOf(role)
    .filter(
      ({ action, resource }) =>
        !Object.keys(role.justified).some((pattern) => matches(pattern, action)) &&
        !needs.some((need) => matches(action, need.action) && matches(resource, need.resource)),
    )
    .map(({ action, resource }) => `${role.name} may ${action} on ${resource}`);
}

/** The reasons of a role that are about no right that it has. */
export function uselessReasons(role: Role): string[] {
  return Object.keys(role.justified).filter(
    (pattern) => !rightsOf(role).some(({ action }) => matches(pattern, action)),
  );
}

/** Whether a text matches a pattern of IAM: `*` is any text, `?` any character. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(text);
}
