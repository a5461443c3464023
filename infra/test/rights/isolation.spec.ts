import { describe, expect, it } from '@jest/globals';
import production from '../../config/production.ts';
import { isAbout, rulesOf } from '../support/rights/kubernetes-rights.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';
import { rightsOf } from '../support/rights/unused-rights.ts';
import { isAllowed, type Need } from '../support/rights/verdict.ts';

const STAGING = production.pipeline.staging.namespace;
const PRODUCTION = production.pipeline.production.namespace;
const SERVICE_ACCOUNTS = ['user-management', 'notification', 'xray-daemon', 'secret-reader'];

const account = new SynthesizedAccount(production);
const rolesIn = (namespace: string) => [
  account.project(`deploy-eks-devops-${namespace}`).role,
  ...SERVICE_ACCOUNTS.map((name) => account.podRole(namespace, name)),
];
const arn = (service: string, rest: string): string => `arn:aws:${service}:us-east-1:111122223333:${rest}`;
const { DbAdminSecretArn = '' } = account.outputs('data');
const { UsermgmtDbSecretArn = '', UsermgmtSigningKeySecretArn = '' } = account.outputs('workloads');
const { MailFromAddress = '' } = account.outputs('mail');

/** What would read production, change it, or pass for it. */
const OF_PRODUCTION: Need[] = [
  ...[DbAdminSecretArn, UsermgmtDbSecretArn, UsermgmtSigningKeySecretArn].flatMap((resource) =>
    ['GetSecretValue', 'PutSecretValue', 'DeleteSecret'].map((action) => ({
      action: `secretsmanager:${action}`,
      resource,
    })),
  ),
  { action: 'rds:ModifyDBInstance', resource: arn('rds', 'db:production-usermgmtdb') },
  { action: 'cloudformation:UpdateStack', resource: arn('cloudformation', 'stack/production-data/0') },
  { action: 'cloudformation:DeleteStack', resource: arn('cloudformation', 'stack/production-data/0') },
  { action: 'eks:CreateAccessEntry', resource: arn('eks', 'cluster/eksdemo1') },
  { action: 'ecr:PutImage', resource: arn('ecr', 'repository/usermgmt/user-management') },
  { action: 'ecr:BatchDeleteImage', resource: arn('ecr', 'repository/usermgmt/user-management') },
  {
    action: 'codepipeline:PutApprovalResult',
    resource: arn('codepipeline', 'eks-devops/Approval/DeploymentApproval'),
  },
  { action: 'codebuild:StartBuild', resource: arn('codebuild', `project/deploy-eks-devops-${PRODUCTION}`) },
  { action: 's3:PutObject', resource: 'arn:aws:s3:::production-pipeline-Artifacts82DD59A1/source.zip' },
  ...rolesIn(PRODUCTION).map((role) => ({ action: 'sts:AssumeRole', resource: role.arn })),
  {
    action: 'ses:SendEmail',
    resource: arn('ses', `identity/${production.mail.identity}`),
    context: { 'ses:FromAddress': MailFromAddress },
  },
];

/** What is not of one namespace; staging and production both have it. */
const SHARED: Record<string, string> = {
  'cloudformation:DescribeStacks': 'outputs: names, ARNs and addresses; no secret is one',
  'eks:DescribeCluster': 'the address of the API server',
  'ec2:*': 'the network interface of a build, made by CodeBuild',
  's3:GetBucket*': 'the sources of a commit, the same for both',
  's3:GetObject*': 'the sources of a commit, the same for both',
  's3:List*': 'the sources of a commit, the same for both',
  'kms:*': 'the key of these sources; without a right to write, what it encrypts reaches nobody',
  'ses:SendEmail': 'under a sender of its own, which the condition says',
  'xray:*': 'traces: X-Ray knows no resources',
};

describe('the roles of staging', () => {
  it.each(OF_PRODUCTION.map((need) => [need.action, need.resource, need] as const))(
    'may not %s on %s',
    async (_action, _resource, need) => {
      for (const role of rolesIn(STAGING))
        expect([role.name, await isAllowed(role, need)]).toEqual([role.name, false]);
    },
  );

  it('share nothing with those of production but what cannot be told apart', () => {
    const texts = (namespace: string): string[] =>
      rolesIn(namespace)
        .flatMap(rightsOf)
        .filter(({ action }) => !isShared(action))
        .map(({ action, resource }) => `${action} on ${resource}`);
    const ofProduction = new Set(texts(PRODUCTION));
    expect(texts(STAGING).filter((right) => ofProduction.has(right))).toEqual([]);
  });

  it('would be told if they could read a secret of production', async () => {
    const role = account.podRole(PRODUCTION, 'secret-reader');
    expect(
      await isAllowed(role, { action: 'secretsmanager:GetSecretValue', resource: DbAdminSecretArn }),
    ).toBe(true);
  });
});

describe("staging's deployer in the cluster", () => {
  const { KubernetesGroups, AccessPolicies } = account.accessEntry(
    account.project(`deploy-eks-devops-${STAGING}`).role,
  );
  const rules = KubernetesGroups.flatMap((group) => rulesOf(account, group));

  it('has the policy of EKS for its own namespace only', () => {
    expect(AccessPolicies.map(({ AccessScope }) => AccessScope)).toEqual([
      { Type: 'namespace', Namespaces: [STAGING] },
    ]);
  });

  it('has no right in the namespace of production, or on it', () => {
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter(({ namespace }) => namespace !== undefined && namespace !== STAGING)).toEqual([]);
    const ofProduction = { apiGroup: '', resource: 'namespaces', name: PRODUCTION };
    expect(rules.filter((rule) => isAbout(rule, ofProduction))).toEqual([]);
    for (const [apiGroup, resource] of [
      ['', 'secrets'],
      ['apps', 'deployments'],
      ['external-secrets.io', 'secretstores'],
    ] as const)
      expect(rules.filter((rule) => isAbout(rule, { apiGroup, resource, namespace: PRODUCTION }))).toEqual(
        [],
      );
  });

  it('changes nothing outside its namespace, and no namespace, not even its own', () => {
    const outside = rules.filter(({ namespace }) => namespace === undefined);
    expect(outside.flatMap(({ verbs }) => verbs).filter((verb) => verb !== 'get')).toEqual([]);
    expect(
      rules
        .filter((rule) => isAbout(rule, { apiGroup: '', resource: 'namespaces', name: STAGING }))
        .map(({ verbs }) => verbs),
    ).toEqual([['get']]);
  });
});

function isShared(action: string): boolean {
  return Object.keys(SHARED).some((pattern) =>
    pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern,
  );
}
