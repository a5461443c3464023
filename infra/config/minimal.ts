import type { ConfigInput } from '../lib/config/config.ts';

/** The cheapest that works: for a day of learning. Nothing is kept. */
export default {
  name: 'minimal',
  account: '111122223333',
  region: 'us-east-1',
  data: 'throw-away',
  keepLogs: 'a week',
  network: {
    zones: ['us-east-1a', 'us-east-1b'],
    natGateways: 'one',
  },
  cluster: {
    publicAccess: ['192.0.2.1/32'],
    administrators: ['arn:aws:iam::111122223333:role/administrator'],
    namespaces: [{ name: 'usermgmt' }],
    scaling: 'none',
    privateNodes: {
      architecture: 'arm64',
      instanceTypes: ['t4g.medium'],
      capacity: 'spot',
      min: 1,
      desired: 2,
      max: 3,
    },
  },
  database: {
    instanceType: 't4g.micro',
    maxStorageGib: 26,
    multiAz: false,
    backupDays: 1,
    performanceInsights: false,
    alarmConnections: 40,
  },
  mail: { identity: 'me@example.com', from: 'me@example.com', reportsTo: 'me@example.com' },
  monitoring: { containerInsights: false, alertsTo: 'me@example.com', monthlyBudgetUsd: 50 },
} satisfies ConfigInput;
