import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readSteps, runStep } from './support/chapter.ts';
import { hasCluster, kubectl } from './support/cluster.ts';

const FOLDER = new URL('../../docs/learn/', import.meta.url).pathname;
const chapters = readdirSync(FOLDER).filter((file) => file.endsWith('.md') && file !== 'README.md');

/** Chapters change kubectl's current namespace: here only in a copy of its configuration. */
const { KUBECONFIG } = process.env;

(hasCluster ? describe : describe.skip)('docs/learn', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    const copy = join(folder, 'kubeconfig');
    copyFileSync(KUBECONFIG ?? join(homedir(), '.kube/config'), copy);
    process.env.KUBECONFIG = copy;
  });
  afterAll(() => {
    process.env.KUBECONFIG = KUBECONFIG;
    rmSync(folder, { recursive: true });
  });

  // A chapter that failed has not cleaned up, and the next one needs the room.
  afterEach(() => {
    const left = kubectl(['get', 'namespaces', '--output', 'name'])
      .split('\n')
      .filter((name) => name.startsWith('namespace/learn-'));
    if (left.length > 0) kubectl(['delete', ...left]);
  }, 120_000);

  it.each(chapters)(
    '%s does what it says',
    async (chapter) => {
      const steps = readSteps(join(FOLDER, chapter));
      // Those on AWS are mostly for readers who have an account.
      expect(steps.length).toBeGreaterThan(chapter.startsWith('aws-') ? 1 : 3);
      for (const step of steps) await runStep(step);
    },
    600_000,
  );
});
