import type { ConfigInput } from '../lib/config/config.ts';

/** As the course's slides have it, with its names. */
export default {
  name: 'course',
  account: '111122223333',
  region: 'us-east-1',
  data: 'throw-away',
  keepLogs: 'a week',
  network: {
    cidr: '192.168.0.0/16',
    zones: ['us-east-1a', 'us-east-1b'],
    natGateways: 'one',
  },
  cluster: {
    publicAccess: ['192.0.2.1/32'],
    administrators: ['arn:aws:iam::111122223333:role/administrator'],
    namespaces: [
      { name: 'usermgmt' },
      { name: 'ns-app1' },
      { name: 'ns-app2', identity: 'irsa' },
      { name: 'ns-ums', identity: 'irsa' },
    ],
    scaling: 'cluster-autoscaler',
    privateNodes: { instanceTypes: ['t3.medium'], min: 2, desired: 2, max: 4 },
    publicNodes: { instanceTypes: ['t3.medium'], min: 2, desired: 2, max: 4 },
    fargate: true,
    classicLoadBalancers: true,
  },
  database: {
    instanceType: 't3.micro',
    maxStorageGib: 50,
    multiAz: false,
    backupDays: 7,
    performanceInsights: false,
    alarmConnections: 40,
  },
  mail: { identity: 'example.com', from: 'no-reply@example.com', reportsTo: 'operators@example.com' },
  dns: { zoneId: 'Z0000000000EXAMPLE', zoneName: 'example.com', host: 'ums.example.com' },
  monitoring: { containerInsights: true, alertsTo: 'operators@example.com', monthlyBudgetUsd: 300 },
  pipeline: {
    source: {
      kind: 'github',
      connectionArn:
        'arn:aws:codeconnections:us-east-1:111122223333:connection/00000000-0000-0000-0000-000000000000',
      repository: 'example/usermgmt',
    },
    architecture: 'amd64',
    production: { overlay: 'alb-ssl-external-dns', namespace: 'usermgmt', host: 'ums.example.com' },
    approvedBy: 'operators@example.com',
  },
} satisfies ConfigInput;
