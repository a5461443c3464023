import { Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { containerInsightsLogGroup } from './addons/cloudwatch.ts';
import type { Config } from './config/config.ts';
import { Alarms } from './monitoring/alarms.ts';
import { budget } from './monitoring/budget.ts';
import { dashboard } from './monitoring/dashboard.ts';
import { serviceMetrics } from './monitoring/service-metrics.ts';

export interface MonitoringStackProps extends StackProps {
  instance: DatabaseInstance;
}

/** Alarms to one topic, the dashboard, and a limit to what it may cost. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, config: Config, props: MonitoringStackProps) {
    super(scope, id, props);
    const { cluster, database, monitoring } = config;
    const topic = new Topic(this, 'Alerts', { topicName: 'eks-alerts', enforceSSL: true });
    // With a policy of its own a topic no longer takes what the account itself publishes.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnLike: { 'aws:SourceArn': this.formatArn({ service: 'cloudwatch', resource: 'alarm:*' }) },
        },
      }),
    );
    topic.addSubscription(new EmailSubscription(monitoring.alertsTo));
    const alarms = new Alarms(this, topic);
    const ofDatabase = alarms.addDatabase(props.instance, database);
    if (monitoring.containerInsights) {
      // By its name: an export of the stack addons could not be removed when Container Insights is switched off.
      const name = containerInsightsLogGroup(cluster.name, 'application');
      const metrics = serviceMetrics(this, LogGroup.fromLogGroupName(this, 'ApplicationLogs', name));
      const ofCluster = alarms.addCluster(cluster.name, monitoring.nodeCpuPercent);
      const ofServices = alarms.addServices(metrics);
      dashboard(this, cluster.name, [...ofCluster, ...ofServices, ...ofDatabase], metrics);
    }
    budget(this, `${config.name}-month`, monitoring.monthlyBudgetUsd, monitoring.alertsTo);
  }
}
