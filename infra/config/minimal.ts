import type { ConfigInput } from '../lib/config.ts';

/** The cheapest that works: for a day of learning. Nothing is kept. */
export default {
  name: 'minimal',
  account: '111122223333',
  region: 'us-east-1',
  data: 'throw-away',
  keepLogs: 'ONE_WEEK',
  network: {
    zones: ['us-east-1a', 'us-east-1b'],
    natGateways: 'one',
  },
} satisfies ConfigInput;
