import type { Config } from './config/config.ts';

/** The stacks in the order of their deployment; they are deleted from the last to the first. */
export const STACKS = [
  'registry',
  'network',
  'dns',
  'mail',
  'cluster',
  'data',
  'addons',
  'workloads',
  'monitoring',
  'pipeline',
] as const;

export type StackId = (typeof STACKS)[number];

/** The name of a stack in CloudFormation. */
export function stackName({ name }: Config, id: StackId): string {
  return `${name}-${id}`;
}

/** Whether a configuration has a stack; an earlier version of it may have had it. */
export function hasStack({ dns, pipeline }: Config, id: StackId): boolean {
  return (id !== 'dns' || dns !== undefined) && (id !== 'pipeline' || pipeline !== undefined);
}

/** The tag of every stack and resource that says which configuration it is of. */
export const CONFIGURATION_TAG = 'usermgmt:configuration';
