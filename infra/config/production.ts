import type { ConfigInput } from '../lib/config.ts';

/** Three zones, nothing single, nothing deleted by mistake. */
export default {
  name: 'production',
  account: '111122223333',
  region: 'us-east-1',
  data: 'keep',
  keepLogs: 'THREE_MONTHS',
  network: {
    zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    natGateways: 'one-a-zone',
    endpoints: ['s3', 'ecr', 'sts', 'logs', 'ses', 'secrets-manager'],
  },
} satisfies ConfigInput;
