import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { load } from 'js-yaml';
import course from '../config/course.ts';
import production from '../config/production.ts';
import { parseConfig } from '../lib/config/config.ts';
import { onlyFor, podRole } from './support/roles.ts';
import { templatesOf } from './support/templates.ts';

const large = templatesOf(production).workloads!;
const slides = templatesOf(course).workloads!;
const XRAY = expect.objectContaining({
  Action: expect.arrayContaining(['xray:PutTraceSegments']),
  Resource: '*',
});

describe('the roles of the services', () => {
  it('let user-management write traces, and nothing else: it reads no secret', () => {
    const { trust, may } = podRole(large, 'usermgmt', 'user-management');
    expect(trust).toEqual([expect.objectContaining(onlyFor('usermgmt', 'user-management'))]);
    expect(may).toEqual([XRAY]);
    for (const name of ['usermgmt', 'ns-app1', 'ns-app2', 'ns-ums']) {
      expect(podRole(slides, name, 'user-management').may).toEqual([XRAY]);
    }
  });

  it('let notification send under its one address, in the sandbox too, and write traces', () => {
    const { may } = podRole(large, 'usermgmt', 'notification');
    expect(may).toHaveLength(2);
    expect(may).toContainEqual(XRAY);
    const sending = may.find(({ Action }) => JSON.stringify(Action).includes('ses:'))!;
    expect(sending).toMatchObject({
      Action: 'ses:SendEmail',
      Condition: { StringEquals: { 'ses:FromAddress': 'no-reply@example.com' } },
    });
    // In the sandbox SES also authorizes the recipient's identity, which may be any.
    expect(sending.Resource).toEqual([
      'arn:aws:ses:us-east-1:111122223333:configuration-set/production-mails',
      'arn:aws:ses:us-east-1:111122223333:identity/*',
    ]);
  });

  it('let notification send under the sender of its namespace only, which belongs to the identity', () => {
    const sending = podRole(large, 'usermgmt-staging', 'notification').may.find(({ Action }) =>
      JSON.stringify(Action).includes('ses:'),
    );
    expect(sending?.Condition).toEqual({
      StringEquals: { 'ses:FromAddress': 'no-reply-staging@example.com' },
    });
    const namespaces = [{ name: 'usermgmt', mailFrom: 'me@elsewhere.com' }];
    expect(() =>
      parseConfig({ ...production, pipeline: undefined, cluster: { ...production.cluster, namespaces } }),
    ).toThrow('cluster.namespaces.0.mailFrom: me@elsewhere.com is not of example.com');
  });

  it('are for pods on Fargate too, where tokens of the cluster prove who they are', () => {
    const { trust } = podRole(slides, 'ns-ums', 'notification');
    expect(trust).toMatchObject([
      { Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: expect.anything() } },
    ]);
    const conditions = Object.values(slides.findResources('Custom::AWSCDKCfnJson'));
    expect(JSON.stringify(conditions)).toContain('system:serviceaccount:ns-ums:notification');
  });
});

describe('the role that External Secrets reads the secrets of a namespace with', () => {
  const password = { 'Fn::ImportValue': expect.stringContaining('MasterUserSecret') };
  const user = (namespace: string) => ({ Ref: expect.stringMatching(`^${namespace}databaseuser`) });
  const key = (namespace: string) => ({ Ref: expect.stringMatching(`^${namespace}signingkey`) });
  const reading = (Resource: unknown) => ({
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource,
  });

  it('is for what belongs to the namespace only: its signing key, and the passwords of RDS where it is used', () => {
    expect(podRole(large, 'usermgmt', 'secret-reader').may).toEqual([
      reading([password, user('usermgmt'), key('usermgmt')]),
    ]);
    expect(podRole(large, 'usermgmt-staging', 'secret-reader').may).toEqual([
      reading(key('usermgmtstaging')),
    ]);
    for (const name of ['usermgmt', 'ns-app2']) {
      expect(podRole(slides, name, 'secret-reader').may).toEqual([
        reading([password, user(name.replace('-', ''))]),
      ]);
    }
  });

  it('is for one service account, which proves itself with a token: External Secrets is no pod of it', () => {
    const { trust } = podRole(large, 'usermgmt', 'secret-reader');
    expect(trust).toMatchObject([{ Action: 'sts:AssumeRoleWithWebIdentity' }]);
    const { Value } = Object.entries(large.findResources('Custom::AWSCDKCfnJson')).find(([id]) =>
      id.startsWith('usermgmtsecretreader'),
    )![1].Properties;
    expect(JSON.stringify(Value)).toContain('system:serviceaccount:usermgmt:secret-reader');
    expect(JSON.stringify(Value)).toContain('sts.amazonaws.com');
  });

  it('is put out under a name of the namespace', () => {
    expect(
      Object.keys(large.findOutputs('*')).filter((name) => name.endsWith('SecretReaderRoleArn')),
    ).toEqual(['UsermgmtStagingSecretReaderRoleArn', 'UsermgmtSecretReaderRoleArn']);
  });

  it('is for nothing where there is no such secret', () => {
    const cluster = { ...production.cluster, namespaces: [{ name: 'usermgmt', database: 'own' as const }] };
    const { workloads } = templatesOf(production, { cluster, pipeline: undefined });
    expect(podRole(workloads!, 'usermgmt', 'secret-reader').may).toEqual([]);
  });
});

describe('the database user of a namespace', () => {
  const secretsOf = (template: Template) =>
    Object.values(template.findResources('AWS::SecretsManager::Secret')).filter(
      ({ Properties }) => Properties.GenerateSecretString.SecretStringTemplate !== undefined,
    );

  it('has a generated password of its own in each namespace that uses RDS, and its name', () => {
    expect(secretsOf(slides).map(({ Properties }) => Properties.GenerateSecretString as object)).toEqual(
      ['usermgmt', 'ns-app1', 'ns-app2', 'ns-ums'].map((username) => ({
        SecretStringTemplate: JSON.stringify({ username }),
        GenerateStringKey: 'password',
        PasswordLength: 32,
        ExcludePunctuation: true,
      })),
    );
    expect(secretsOf(large)).toHaveLength(1);
  });

  it('has a schema of its own too: no two namespaces share one without being told to', () => {
    const outputs = Object.entries(slides.findOutputs('*'));
    const values = (end: string) =>
      outputs.filter(([name]) => name.endsWith(end)).map(([name, { Value }]) => [name, Value]);
    const names = ['usermgmt', 'ns-app1', 'ns-app2', 'ns-ums'];
    const prefixes = ['Usermgmt', 'App1', 'App2', 'Ums'];
    expect(values('DbName')).toEqual(names.map((name, i) => [`${prefixes[i]}DbName`, name]));
    expect(values('DbUsername')).toEqual(names.map((name, i) => [`${prefixes[i]}DbUsername`, name]));
    expect(values('DbSecretArn').map(([name]) => name)).toEqual(prefixes.map((it) => `${it}DbSecretArn`));
  });

  it('is in no namespace with a database of its own', () => {
    expect(Object.keys(large.findOutputs('*')).filter((name) => name.includes('Db'))).toEqual([
      'UsermgmtDbName',
      'UsermgmtDbUsername',
      'UsermgmtDbSecretArn',
    ]);
  });

  it('is deleted with its namespace, also where data is kept: the next migration sets another password', () => {
    for (const template of [large, slides]) {
      for (const secret of secretsOf(template)) expect(secret).toMatchObject({ DeletionPolicy: 'Delete' });
    }
  });
});

describe('a namespace', () => {
  const manifests = Object.values(large.findResources('Custom::AWSCDK-EKS-KubernetesResource')).flatMap(
    ({ Properties }) => JSON.parse(textOf(Properties.Manifest)),
  );

  it('has the labels of the overlays: Pod Security "restricted", and readiness gates', () => {
    const namespaces = manifests.filter(({ kind }) => kind === 'Namespace');
    expect(namespaces.map(({ metadata }) => metadata.name)).toEqual(['usermgmt-staging', 'usermgmt']);
    const labels = {
      ...(load(component('namespace/namespace.yaml')) as Labelled).metadata.labels,
      ...labelsOfGates(),
    };
    expect(Object.keys(labels)).toHaveLength(4);
    for (const { metadata } of namespaces) expect(metadata.labels).toMatchObject(labels);
  });

  it('lets the pipeline read its own name and the classes of the overlays, and nothing else outside it', () => {
    const rules = manifests.filter(({ kind }) => kind === 'ClusterRole').flatMap((role) => role.rules);
    expect(rules).toEqual(
      ['usermgmt-staging', 'usermgmt'].flatMap((name) => [
        { apiGroups: [''], resources: ['namespaces'], resourceNames: [name], verbs: ['get'] },
        expect.objectContaining({ resourceNames: ['my-aws-ingress-class', 'ebs-sc'], verbs: ['get'] }),
      ]),
    );
  });
});

interface Labelled {
  metadata: { labels: Record<string, string> };
}

/** A file of k8s/components. */
function component(path: string): string {
  return readFileSync(new URL(`../../k8s/components/${path}`, import.meta.url), 'utf8');
}

function labelsOfGates(): Record<string, string> {
  const { patches } = load(component('pod-readiness-gate/kustomization.yaml')) as {
    patches: { patch: string }[];
  };
  return (load(patches[0]!.patch) as Labelled).metadata.labels;
}

/** A manifest as text; labels that the CDK makes up are tokens of no interest. */
function textOf(manifest: unknown): string {
  if (typeof manifest === 'string') return manifest;
  const [, parts] = (manifest as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
}
