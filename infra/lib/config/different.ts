/** Whether no value is in a list twice: CloudFormation would create the second one in vain. */
export function areDifferent(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
