import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
  type CreateAlarmOptions,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ServiceMetrics } from './service-metrics.ts';

const GIB = 1024 ** 3;

/** Makes alarms that tell one topic when something begins, and when it is over. */
export class Alarms {
  private readonly scope: Construct;
  private readonly topic: ITopic;

  constructor(scope: Construct, topic: ITopic) {
    this.scope = scope;
    this.topic = topic;
  }

  /** Of the nodes and pods, as Container Insights sees them. */
  addCluster(clusterName: string, nodeCpuPercent: number): Alarm[] {
    const cpu = new Metric({
      namespace: 'ContainerInsights',
      metricName: 'node_cpu_utilization',
      dimensionsMap: { ClusterName: clusterName },
      period: Duration.minutes(5),
    });
    const restarts = new MathExpression({
      label: 'containers that were restarted',
      // The metric only ever rises while a pod lives.
      expression: 'DIFF(highest)',
      usingMetrics: {
        highest: new MathExpression({
          expression: `SELECT MAX(pod_number_of_container_restarts) FROM SCHEMA(ContainerInsights, ClusterName, Namespace, PodName) WHERE ClusterName = '${clusterName}'`,
          period: Duration.minutes(5),
        }),
      },
      period: Duration.minutes(5),
    });
    return [
      this.add('EKS-Nodes-CPU-Alert', cpu, { threshold: nodeCpuPercent, evaluationPeriods: 2 }),
      this.add('EKS-Container-Restarts', restarts, { threshold: 0, evaluationPeriods: 1 }),
    ];
  }

  /** Of the services, as their logs tell. */
  addServices({ failed, latency, oldestMail, deadMails }: ServiceMetrics): Alarm[] {
    return [
      this.add('Services-5xx', failed.with({ period: Duration.minutes(5) }), {
        threshold: 5,
        evaluationPeriods: 1,
      }),
      this.add('Services-Latency', latency.with({ period: Duration.minutes(5) }), {
        threshold: 1000,
        evaluationPeriods: 2,
      }),
      this.add('Mails-Waiting', oldestMail.with({ period: Duration.minutes(5) }), {
        threshold: 300,
        evaluationPeriods: 1,
      }),
      this.add('Mails-Dead', deadMails.with({ period: Duration.minutes(5) }), {
        threshold: 0,
        evaluationPeriods: 1,
      }),
    ];
  }

  /** Of the database. @param storageGib what it began with: the alarm is for a tenth of it */
  addDatabase(
    instance: DatabaseInstance,
    { alarmConnections, storageGib }: { alarmConnections: number; storageGib: number },
  ): Alarm[] {
    return [
      this.add('Database-Connections', instance.metricDatabaseConnections(), {
        threshold: alarmConnections,
        evaluationPeriods: 2,
      }),
      this.add('Database-Storage', instance.metricFreeStorageSpace(), {
        threshold: (storageGib * GIB) / 10,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      }),
    ];
  }

  private add(name: string, metric: IMetric, options: CreateAlarmOptions): Alarm {
    const alarm = new Alarm(this.scope, name, {
      alarmName: name,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // Nobody has asked for anything, or there is nothing to tell.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}
