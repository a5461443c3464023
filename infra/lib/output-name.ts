/**
 * The name of a stack's output for one namespace: `ns-ums` and `user-management-role-arn` give
 * `UmsUserManagementRoleArn`, which pipeline/settings.mjs writes to the setting UMS_USER_MANAGEMENT_ROLE_ARN.
 */
export function outputName(namespace: string, what: string): string {
  const words = `${namespace.replace(/^ns-/, '')}-${what}`.split('-');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
