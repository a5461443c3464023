/** A question to the logs of the cluster, shown as a widget. */
export interface LogQuery {
  title: string;
  /** Which of the groups /aws/containerinsights/CLUSTER/… it asks. */
  group: 'performance' | 'application';
  view: 'bar' | 'table';
  lines: string[];
}

/** The six of the course, with the field names of Container Insights in its enhanced mode. */
const COURSE: LogQuery[] = [
  {
    title: 'CPU of nodes',
    group: 'performance',
    view: 'bar',
    lines: [
      'stats avg(node_cpu_utilization) as avg_node_cpu_utilization by NodeName',
      'sort avg_node_cpu_utilization desc',
    ],
  },
  {
    title: 'Restarts of containers',
    group: 'performance',
    view: 'table',
    lines: [
      'stats avg(number_of_container_restarts) as avg_number_of_container_restarts by PodName',
      'sort avg_number_of_container_restarts desc',
    ],
  },
  {
    title: 'Nodes that have failed',
    group: 'performance',
    view: 'table',
    lines: ['filter Type = "Cluster"', 'stats avg(cluster_failed_node_count) as failed_nodes'],
  },
  {
    title: 'CPU of containers, median',
    group: 'performance',
    view: 'bar',
    lines: [
      'filter Type = "Container"',
      'stats pct(container_cpu_usage_total, 50) as median_cpu by kubernetes.container_name',
      'sort median_cpu desc',
    ],
  },
  {
    title: 'Pods requested and running',
    group: 'performance',
    view: 'bar',
    lines: [
      [
        'stats min(pod_number_of_containers) as requested',
        'min(pod_number_of_running_containers) as running',
        'ceil(avg(pod_number_of_containers - pod_number_of_running_containers)) as missing by kubernetes.pod_name',
      ].join(', '),
      'sort missing desc',
    ],
  },
  {
    title: 'Lines on standard error',
    group: 'application',
    view: 'bar',
    lines: [
      'filter stream = "stderr"',
      'stats count() as error_lines by kubernetes.container_name',
      'sort error_lines desc',
    ],
  },
];

/** Traffic, errors and latency of the services, from the line that each writes for a request. */
const SERVICES: LogQuery = {
  title: 'Requests, errors and latency of the services',
  group: 'application',
  view: 'table',
  lines: [
    'filter log_processed.msg = "request"',
    [
      'stats count() as requests',
      'sum(log_processed.status >= 500) as failed',
      'pct(log_processed.ms, 50) as p50_ms',
      'pct(log_processed.ms, 99) as p99_ms by log_processed.service as service, log_processed.route as route',
    ].join(', '),
    'sort requests desc',
  ],
};

export const QUERIES: readonly LogQuery[] = [...COURSE, SERVICES];
