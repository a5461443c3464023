import type { ConfigInput } from '../lib/config.ts';

/** As the course's slides have it, with its names. */
export default {
  name: 'course',
  account: '111122223333',
  region: 'us-east-1',
  data: 'throw-away',
  keepLogs: 'ONE_WEEK',
  network: {
    cidr: '192.168.0.0/16',
    zones: ['us-east-1a', 'us-east-1b'],
    natGateways: 'one',
  },
} satisfies ConfigInput;
