import type { ConfigInput } from '../lib/config/config.ts';

/** Three zones, nothing single, nothing deleted by mistake. */
export default {
  name: 'production',
  account: '111122223333',
  region: 'us-east-1',
  data: 'keep',
  keepLogs: 'three months',
  network: {
    zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    natGateways: 'one-a-zone',
    endpoints: ['s3', 'ecr', 'sts', 'logs', 'secrets-manager'],
  },
  cluster: {
    administrators: ['arn:aws:iam::111122223333:role/administrator'],
    namespaces: [
      {
        name: 'usermgmt-staging',
        database: 'own',
        issuesTokens: true,
        mailFrom: 'no-reply-staging@example.com',
      },
      { name: 'usermgmt', issuesTokens: true },
    ],
    scaling: 'karpenter',
    privateNodes: {
      architecture: 'arm64',
      instanceTypes: ['m7g.large', 'm6g.large'],
      diskGib: 50,
      min: 3,
      desired: 3,
      max: 3,
    },
  },
  database: {
    instanceType: 'm7g.large',
    storageGib: 100,
    maxStorageGib: 500,
    multiAz: true,
    backupDays: 35,
    performanceInsights: true,
    alarmConnections: 400,
  },
  mail: {
    identity: 'example.com',
    from: 'no-reply@example.com',
    reportsTo: 'operators@example.com',
    maxSendRate: 7,
  },
  dns: { zoneId: 'Z0000000000EXAMPLE', zoneName: 'example.com', host: 'usermgmt.example.com' },
  monitoring: { containerInsights: true, alertsTo: 'operators@example.com', monthlyBudgetUsd: 1500 },
  pipeline: {
    source: {
      kind: 'github',
      connectionArn:
        'arn:aws:codeconnections:us-east-1:111122223333:connection/00000000-0000-0000-0000-000000000000',
      repository: 'example/usermgmt',
    },
    architecture: 'arm64',
    staging: { overlay: 'staging', namespace: 'usermgmt-staging', host: 'staging.example.com' },
    production: { overlay: 'production', namespace: 'usermgmt', host: 'usermgmt.example.com' },
    approvedBy: 'operators@example.com',
  },
} satisfies ConfigInput;
