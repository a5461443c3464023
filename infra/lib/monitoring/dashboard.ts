import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  type Alarm,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { QUERIES, type LogQuery } from './queries.ts';
import type { ServiceMetrics } from './service-metrics.ts';

const VIEWS: Record<LogQuery['view'], LogQueryVisualizationType> = {
  bar: LogQueryVisualizationType.BAR,
  table: LogQueryVisualizationType.TABLE,
};

/** The dashboard of the course, with the alarms above it and what the services and mails do below. */
export function dashboard(
  scope: Construct,
  clusterName: string,
  alarms: Alarm[],
  metrics: ServiceMetrics,
): Dashboard {
  const half = { width: 12, height: 6 };
  const queries = QUERIES.map(
    ({ title, group, view, lines }) =>
      new LogQueryWidget({
        ...half,
        title,
        logGroupNames: [`/aws/containerinsights/${clusterName}/${group}`],
        view: VIEWS[view],
        queryLines: lines,
      }),
  );
  const board = new Dashboard(scope, 'Dashboard', { dashboardName: 'EKS-Performance' });
  board.addWidgets(new AlarmStatusWidget({ width: 24, height: 4, title: 'Alarms', alarms }));
  for (const widget of pairs(queries)) board.addWidgets(...widget);
  board.addWidgets(
    new GraphWidget({
      ...half,
      title: 'Requests and failures',
      left: [metrics.requests],
      right: [metrics.failed],
    }),
    new GraphWidget({
      ...half,
      title: 'Mails: oldest that waits (s), given up',
      left: [metrics.oldestMail],
      right: [metrics.deadMails],
    }),
  );
  return board;
}

function pairs<T>(items: readonly T[]): T[][] {
  return items.flatMap((_, index) => (index % 2 === 0 ? [items.slice(index, index + 2)] : []));
}
