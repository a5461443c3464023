import { expect } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
  Principal?: unknown;
}

interface Role {
  Properties: { AssumeRolePolicyDocument: { Statement: Statement[] }; Description?: unknown };
}

const PODS = { Service: 'pods.eks.amazonaws.com' };

/** What the role of one service account may do, and who may have it. */
export function podRole(template: Template, namespace: string, serviceAccount: string) {
  const [found, ...more] = Object.entries(
    template.findResources('AWS::IAM::Role') as Record<string, Role>,
  ).filter(([, { Properties }]) =>
    JSON.stringify(Properties.Description ?? '').includes(`${namespace}/${serviceAccount} in `),
  );
  if (found === undefined || more.length > 0)
    throw new Error(`not one role of ${namespace}/${serviceAccount}`);
  const [id, role] = found;
  return { trust: role.Properties.AssumeRolePolicyDocument.Statement, may: statementsOf(template, id) };
}

/** The statements of the policies of a role. */
export function statementsOf(template: Template, roleId: string): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties: { Roles } }) => JSON.stringify(Roles).includes(`"${roleId}"`))
    .flatMap(({ Properties: { PolicyDocument } }) => PolicyDocument.Statement as Statement[]);
}

/** Every statement that the stack's policies, trusts aside, hold. */
export function allStatements(template: Template): Statement[] {
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    Object.values(template.findResources(type)).flatMap(
      ({ Properties: { PolicyDocument } }) => PolicyDocument.Statement as Statement[],
    ),
  );
}

/** What only pods of one service account meet. */
export function onlyFor(namespace: string, serviceAccount: string) {
  return {
    Effect: 'Allow',
    Principal: PODS,
    Condition: {
      StringEquals: {
        'aws:SourceAccount': '111122223333',
        'aws:RequestTag/eks-cluster-arn': expect.anything(),
        'aws:RequestTag/kubernetes-namespace': namespace,
        'aws:RequestTag/kubernetes-service-account': serviceAccount,
      },
    },
  };
}
