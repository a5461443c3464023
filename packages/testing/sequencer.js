import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';

const ROOT = join(import.meta.dirname, '../..');

/**
 * The suites that take longest, which begin first: one that begins last runs alone while the other core waits. In a fresh
 * clone Jest knows of no earlier run and would go by the size of the file. `npm run check` prints what takes longest.
 */
const FIRST = [
  'k8s/test/learn.spec.ts',
  'services/user-management/test/growth.spec.ts',
  'packages/testing/test/pipeline.spec.ts',
  'packages/testing/test/compose.spec.ts',
  'k8s/test/live/database-outage.spec.ts',
  'packages/testing/test/crash.spec.ts',
  'packages/testing/test/traces-of-retries.spec.ts',
  'services/user-management/test/slow-clients.spec.ts',
  'k8s/test/live/network.spec.ts',
  'k8s/test/live/namespaces.spec.ts',
  'packages/testing/test/bench.spec.ts',
  'k8s/test/monitoring.spec.ts',
  'services/notification/test/growth.spec.ts',
  'packages/testing/test/database-limits.spec.ts',
  'k8s/test/live/tokens.spec.ts',
  'k8s/test/live/local.spec.ts',
  // Before the specs that send requests: each of its 50 load balancers would begin to listen.
  'k8s/test/load-balancers/states.spec.ts',
];

/** Jest's order, but for {@link FIRST}. */
export default class SlowestFirst extends Sequencer {
  constructor(options) {
    super(options);
    const missing = FIRST.filter((file) => !existsSync(join(ROOT, file)));
    if (missing.length > 0) throw new Error(`sequencer.js names ${missing.join(', ')}, which do not exist`);
  }

  async sort(tests) {
    const place = ({ path }) => {
      const index = FIRST.indexOf(relative(ROOT, path).replaceAll('\\', '/'));
      return index === -1 ? FIRST.length : index;
    };
    const sorted = await super.sort(tests);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
