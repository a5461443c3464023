import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why a finding of cdk-nag is right as it is, for a construct and what is in it.
 *
 * @param reasons rule, or rule with finding (`AwsSolutions-IAM5[Resource::*]`), to reason
 */
export function justify(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** The rule about policies that AWS keeps, for those of the given names (with their path). */
export function managedPolicies(names: readonly string[], reason: string): Record<string, string> {
  const rule = (name: string) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`;
  return Object.fromEntries(names.map((name) => [rule(name), reason]));
}

/** The rule about wildcards, for those of the given resources, as the template has them. */
export function wildcards(resources: readonly string[], reason: string): Record<string, string> {
  return Object.fromEntries(resources.map((name) => [`AwsSolutions-IAM5[Resource::${name}]`, reason]));
}
