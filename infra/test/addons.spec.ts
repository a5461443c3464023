import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import course from '../config/course.ts';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { ADDONS, CHARTS } from '../lib/versions.ts';
import { allStatements, onlyFor, podRole } from './support/roles.ts';
import { templatesOf } from './support/templates.ts';

const large = templatesOf(production);
const slides = templatesOf(course);
const small = templatesOf(minimal);
const CHART = 'Custom::AWSCDK-EKS-HelmChart';

describe('add-ons', () => {
  it('are all pinned', () => {
    const versions = [large.cluster!, large.addons!].flatMap((template) =>
      Object.values(template.findResources('AWS::EKS::Addon')).map(({ Properties }) => [
        Properties.AddonName,
        Properties.AddonVersion,
      ]),
    );
    expect(Object.fromEntries(versions)).toEqual(ADDONS);
    for (const { Properties } of Object.values(large.addons!.findResources(CHART))) {
      expect(Properties.Version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it.each([
    ['kube-system', 'aws-load-balancer-controller', slides.addons!],
    ['kube-system', 'ebs-csi-controller-sa', slides.addons!],
    ['kube-system', 'cluster-autoscaler', slides.addons!],
    ['kube-system', 'aws-node', slides.cluster!],
    ['external-dns', 'external-dns', slides.addons!],
    ['amazon-cloudwatch', 'cloudwatch-agent', slides.addons!],
  ])('%s/%s has a role that nobody else can have', (namespace, serviceAccount, template) => {
    const { trust } = podRole(template, namespace, serviceAccount);
    expect(trust).toEqual([
      expect.objectContaining({
        ...onlyFor(namespace, serviceAccount),
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      }),
    ]);
    template.hasResourceProperties('AWS::EKS::PodIdentityAssociation', {
      Namespace: namespace,
      ServiceAccount: serviceAccount,
    });
  });
});

describe('the load balancer controller', () => {
  it('has the policy of its own version: listener attributes and tags on creation', () => {
    const { may } = podRole(large.addons!, 'kube-system', 'aws-load-balancer-controller');
    const actions = may.flatMap(({ Action }) => Action);
    expect(actions).toEqual(
      expect.arrayContaining([
        'elasticloadbalancing:DescribeListenerAttributes',
        'elasticloadbalancing:SetRulePriorities',
        'elasticloadbalancing:AddTags',
        'ec2:GetSecurityGroupsForVpc',
      ]),
    );
  });

  it('knows its VPC and region, which it cannot ask nodes for, and runs the version of its policy', () => {
    const values = valuesOf('aws-load-balancer-controller', large.addons!);
    expect(values).toContain('"region":"us-east-1"');
    expect(values).toContain('"vpcId":');
    expect(values).toContain(`"tag":"${CHARTS['aws-load-balancer-controller'].version}"`);
  });

  it('leaves Services to Kubernetes where Classic Load Balancers are wanted', () => {
    const setting = (template: typeof large.addons) =>
      /"enableServiceMutatorWebhook":(\w+)/.exec(valuesOf('aws-load-balancer-controller', template!))?.[1];
    expect(setting(slides.addons)).toBe('false');
    expect(setting(large.addons)).toBe('true');
  });

  it('is there before every other chart: without its webhook no Service can be made', () => {
    for (const [id, chart] of Object.entries(large.addons!.findResources(CHART))) {
      if (chart.Properties.Chart === 'aws-load-balancer-controller') expect(chart.Properties.Wait).toBe(true);
      else
        expect([id, ...(chart.DependsOn as string[])]).toContainEqual(
          expect.stringMatching(/^LoadBalancerControllerChart/),
        );
    }
  });
});

describe('ExternalDNS', () => {
  it('may change one zone, and look for it', () => {
    const { may } = podRole(large.addons!, 'external-dns', 'external-dns');
    expect(may).toEqual([
      {
        Effect: 'Allow',
        Action: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
        Resource: 'arn:aws:route53:::hostedzone/Z0000000000EXAMPLE',
      },
      { Effect: 'Allow', Action: 'route53:ListHostedZones', Resource: '*' },
    ]);
  });

  it('deletes what it has made, and knows the annotations of the course', () => {
    const values = valuesOf('external-dns', large.addons!);
    expect(values).toContain('"policy":"sync"');
    expect(values).toContain('"domainFilters":["example.com"]');
    expect(values).toContain('--annotation-prefix=external-dns.alpha.kubernetes.io/');
  });

  it('is not there without a zone', () => {
    expect(() => valuesOf('external-dns', small.addons!)).toThrow('no chart external-dns');
  });
});

describe('External Secrets', () => {
  it('has no role of its own, with which a namespace could read the secrets of another one', () => {
    const roles = JSON.stringify(
      [large, slides].map(({ addons }) => addons!.findResources('AWS::IAM::Role')),
    );
    expect(roles).not.toContain('external-secrets');
    const actions = allStatements(large.addons!).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('secretsmanager:'))).toEqual([]);
  });
});

describe('the cluster autoscaler', () => {
  it('may change the size of node groups of its own cluster only', () => {
    const { may } = podRole(slides.addons!, 'kube-system', 'cluster-autoscaler');
    const changing = may.filter(({ Action }) => !/Describe|Get/.test(JSON.stringify(Action)));
    expect(changing).toHaveLength(1);
    expect(changing[0]!.Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/k8s.io/cluster-autoscaler/eksdemo1': 'owned' },
    });
  });

  it('has the minor version of the cluster and the settings of the course', () => {
    const values = valuesOf('cluster-autoscaler', slides.addons!);
    expect(values).toContain('"image":{"tag":"v1.36.');
    expect(values).toContain('"expander":"least-waste"');
  });
});

describe('Karpenter', () => {
  const { may } = podRole(large.addons!, 'kube-system', 'karpenter');

  it('may change only what carries the tag of its cluster', () => {
    const changing = may.filter(({ Action }) =>
      /Terminate|Delete(?!Message)|Create/.test(JSON.stringify(Action)),
    );
    const tagged = changing.filter(({ Condition }) =>
      JSON.stringify(Condition ?? '').includes('kubernetes.io/cluster/eksdemo1'),
    );
    // The first statement is about what instances are made from: images, subnets and the like.
    expect(changing.length - tagged.length).toBe(1);
    expect(changing.find((statement) => !tagged.includes(statement))!.Action).toEqual([
      'ec2:CreateFleet',
      'ec2:RunInstances',
    ]);
  });

  it('may give instances the one role for nodes, and no other', () => {
    const passing = may.find(({ Action }) => Action === 'iam:PassRole');
    expect(passing).toMatchObject({
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^KarpenterNode/), 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    });
    large.addons!.hasResourceProperties('AWS::EKS::AccessEntry', { Type: 'EC2_LINUX' });
  });

  it('hears of instances that are about to go', () => {
    large.addons!.resourceCountIs('AWS::Events::Rule', 4);
    large.addons!.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    expect(valuesOf('karpenter', large.addons!)).toContain('"interruptionQueue":');
  });

  it('makes nodes as those of the group are, up to a limit, and takes them away before it goes itself', () => {
    const [manifest] = Object.values(large.addons!.findResources('Custom::AWSCDK-EKS-KubernetesResource'));
    const text = JSON.stringify(manifest!.Properties.Manifest).replaceAll('\\', '');
    expect(text).toContain('"kubernetes.io/arch","operator":"In","values":["arm64"]');
    expect(text).toContain('"httpTokens":"required","httpPutResponseHopLimit":1');
    expect(text).toContain('"limits":{"cpu":"64"}');
    expect(manifest!.DependsOn).toContainEqual(expect.stringMatching(/^KarpenterChart/));
  });
});

describe('Container Insights', () => {
  it('runs in the mode whose names the dashboard and the alarms use', () => {
    slides.addons!.hasResourceProperties('AWS::EKS::Addon', {
      AddonName: 'amazon-cloudwatch-observability',
      ConfigurationValues: Match.serializedJson(
        Match.objectLike({
          otelContainerInsights: { enabled: false },
          agent: {
            config: { logs: { metrics_collected: { kubernetes: { enhanced_container_insights: true } } } },
          },
        }),
      ),
    });
  });

  it('is not there where it must be cheap', () => {
    small.addons!.resourcePropertiesCountIs(
      'AWS::EKS::Addon',
      { AddonName: 'amazon-cloudwatch-observability' },
      0,
    );
  });
});

/** The values of a chart; with references left out, as JSON. */
function valuesOf(chart: string, template: NonNullable<typeof large.addons>): string {
  const [found] = Object.values(template.findResources(CHART)).filter(
    ({ Properties }) => Properties.Chart === chart,
  );
  if (found === undefined) throw new Error(`no chart ${chart}`);
  const { Values: values } = found.Properties;
  if (typeof values === 'string') return values;
  const [, parts] = values['Fn::Join'] as [string, unknown[]];
  return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
}
