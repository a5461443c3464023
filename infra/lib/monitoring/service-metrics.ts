import { Duration } from 'aws-cdk-lib';
import { Stats, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter, type IFilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

const NAMESPACE = 'usermgmt';
/** Where Fluent Bit puts what a container has written as JSON. */
const LINE = '$.log_processed';
const isMessage = (text: string) => FilterPattern.stringValue(`${LINE}.msg`, '=', text);

/** What the alarms and the dashboard know of the services, counted from their logs. */
export interface ServiceMetrics {
  requests: Metric;
  failed: Metric;
  latency: Metric;
  deadMails: Metric;
  oldestMail: Metric;
}

/** Makes metrics of the lines that the services write. The names of the fields are those of their logs. */
export function serviceMetrics(scope: Construct, logs: ILogGroup): ServiceMetrics {
  const metric = (name: string, pattern: IFilterPattern, value: string, statistic: string) =>
    new MetricFilter(scope, name, {
      logGroup: logs,
      filterPattern: pattern,
      metricNamespace: NAMESPACE,
      metricName: name,
      metricValue: value,
    }).metric({ statistic, period: Duration.minutes(1) });
  const isRequest = isMessage('request');
  return {
    requests: metric('Requests', isRequest, '1', Stats.SUM),
    failed: metric(
      'FailedRequests',
      FilterPattern.all(isRequest, FilterPattern.numberValue(`${LINE}.status`, '>=', 500)),
      '1',
      Stats.SUM,
    ),
    latency: metric('Latency', isRequest, `${LINE}.ms`, Stats.percentile(99)),
    deadMails: metric('DeadMails', isMessage('mail given up'), '1', Stats.SUM),
    oldestMail: metric('OldestMail', isMessage('mails are waiting'), `${LINE}.oldestSeconds`, Stats.MAXIMUM),
  };
}
