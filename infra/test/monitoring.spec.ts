import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import course from '../config/course.ts';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { QUERIES } from '../lib/monitoring/queries.ts';
import { templatesOf } from './support/templates.ts';

const large = templatesOf(production).monitoring!;
const slides = templatesOf(course);
const small = templatesOf(minimal);

describe('alarms', () => {
  it.each([
    ['EKS-Nodes-CPU-Alert', 80, 'GreaterThanThreshold'],
    ['EKS-Container-Restarts', 0, 'GreaterThanThreshold'],
    ['Services-5xx', 5, 'GreaterThanThreshold'],
    ['Services-Latency', 1000, 'GreaterThanThreshold'],
    ['Mails-Waiting', 300, 'GreaterThanThreshold'],
    ['Mails-Dead', 0, 'GreaterThanThreshold'],
    ['Database-Connections', 400, 'GreaterThanThreshold'],
    ['Database-Storage', 10 * 1024 ** 3, 'LessThanThreshold'],
  ])('%s rings at %d, and tells when it is over', (AlarmName, Threshold, ComparisonOperator) => {
    const topic = [{ Ref: Match.stringLikeRegexp('^Alerts') }];
    large.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName,
      Threshold,
      ComparisonOperator,
      AlarmActions: topic,
      OKActions: topic,
    });
  });

  it('go to the topic of the course, and from there to a mail', () => {
    large.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'eks-alerts' });
    large.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operators@example.com',
    });
  });

  it('may be published to the topic, which takes nothing from others', () => {
    large.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111122223333' },
              ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:*' },
            },
          }),
        ]),
      },
    });
  });

  it('of the nodes ask for the metric of Container Insights in its enhanced mode', () => {
    large.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'ContainerInsights',
      MetricName: 'node_cpu_utilization',
      Dimensions: [{ Name: 'ClusterName', Value: 'eksdemo1' }],
    });
  });

  it('of the database are there without Container Insights too, and only those', () => {
    const names = Object.values(small.monitoring!.findResources('AWS::CloudWatch::Alarm'))
      .map(({ Properties }) => Properties.AlarmName)
      .sort();
    expect(names).toEqual(['Database-Connections', 'Database-Storage']);
    small.monitoring!.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

describe('metrics of the services', () => {
  it.each([
    ['Requests', '{ $.log_processed.msg = "request" }', '1'],
    ['FailedRequests', '{ ($.log_processed.msg = "request") && ($.log_processed.status >= 500) }', '1'],
    ['Latency', '{ $.log_processed.msg = "request" }', '$.log_processed.ms'],
    ['DeadMails', '{ $.log_processed.msg = "mail given up" }', '1'],
    ['OldestMail', '{ $.log_processed.msg = "mails are waiting" }', '$.log_processed.oldestSeconds'],
  ])('%s is counted from the logs', (MetricName, FilterPattern, MetricValue) => {
    large.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern,
      MetricTransformations: [{ MetricName, MetricNamespace: 'usermgmt', MetricValue }],
    });
  });

  it.each([
    ['packages/service-kit/src/access-log.ts', ["'request'", 'status, ms }']],
    ['services/user-management/src/outbox/outbox.relay.ts', ["'mail given up'"]],
    ['services/user-management/src/outbox/outbox.watch.ts', ["'mails are waiting'", 'oldestSeconds }']],
  ])('are counted by what %s writes', (file, texts) => {
    const source = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
    for (const text of texts) expect(source).toContain(text);
  });

  it('have log groups that forget, made before the agent makes them', () => {
    for (const group of ['application', 'performance', 'dataplane', 'host']) {
      slides.addons!.hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: `/aws/containerinsights/eksdemo1/${group}`,
        RetentionInDays: 7,
      });
    }
    const [agent] = Object.values(slides.addons!.findResources('AWS::EKS::Addon')).filter(
      ({ Properties }) => Properties.AddonName === 'amazon-cloudwatch-observability',
    );
    expect(JSON.stringify(agent!.DependsOn)).toMatch(
      /applicationlogs.*dataplanelogs.*hostlogs.*performancelogs/,
    );
  });
});

describe('the dashboard', () => {
  const [board] = Object.values(large.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(board!.Properties.DashboardBody);

  it('has the name of the course', () => {
    expect(board!.Properties.DashboardName).toBe('EKS-Performance');
  });

  it.each(QUERIES.map(({ title, group, lines }) => [title, group, lines] as const))(
    'asks the logs for: %s',
    (title, group, lines) => {
      expect(body).toContain(title);
      const source = `SOURCE '/aws/containerinsights/eksdemo1/${group}' | ${lines.join('\n| ')}`;
      expect(body).toContain(JSON.stringify(JSON.stringify(source).slice(1, -1)).slice(1, -1));
    },
  );

  it('asks what the course asks, six times, and once more for the services', () => {
    expect(QUERIES.map(({ group, view }) => [group, view])).toEqual([
      ['performance', 'bar'],
      ['performance', 'table'],
      ['performance', 'table'],
      ['performance', 'bar'],
      ['performance', 'bar'],
      ['application', 'bar'],
      ['application', 'table'],
    ]);
  });
});

describe('the budget', () => {
  it('tells before the month has cost more than it may', () => {
    large.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetLimit: { Amount: 1500, Unit: 'USD' }, TimeUnit: 'MONTHLY', BudgetType: 'COST' },
      NotificationsWithSubscribers: [
        { Notification: { NotificationType: 'ACTUAL', Threshold: 80 } },
        { Notification: { NotificationType: 'FORECASTED', Threshold: 100 } },
      ],
    });
  });
});
