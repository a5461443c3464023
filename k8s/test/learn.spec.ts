import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { namesIn, readSteps, runStep } from './support/chapter.ts';
import { hasCluster, kubectl } from './support/cluster.ts';
import { namespaceReport } from './support/namespace-report.ts';

const FOLDER = new URL('../../docs/learn/', import.meta.url).pathname;
const chapters = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => ({ file, steps: readSteps(join(FOLDER, file)) }));

/** The namespaces of chapters that exist. */
const namespaces = (): string[] =>
  kubectl(['get', 'namespaces', '--output', 'jsonpath={.items[*].metadata.name}'])
    .split(' ')
    .filter((name) => name.startsWith('learn-'));

describe('the chapters in docs/learn', () => {
  it('use no namespace, file, container or port of another chapter, since they run at the same time', () => {
    const users = new Map<string, string[]>();
    for (const { file, steps } of chapters) {
      for (const name of namesIn(steps)) users.set(name, [...(users.get(name) ?? []), file]);
    }
    expect([...users].filter(([, files]) => files.length > 1)).toEqual([]);
  });

  it.each(chapters)(
    '$file has enough steps, and waits for conditions instead of seconds',
    ({ file, steps }) => {
      // Those on AWS are mostly for readers who have an account.
      expect(steps.length).toBeGreaterThan(file.startsWith('aws-') ? 1 : 3);
      expect(steps.filter(({ commands }) => /^sleep /m.test(commands))).toEqual([]);
    },
  );
});

(hasCluster ? describe : describe.skip)('docs/learn', () => {
  beforeAll(() => {
    // Of a run that was ended before its time.
    const left = namespaces();
    if (left.length > 0) kubectl(['delete', 'namespaces', ...left]);
  }, 120_000);

  // As many at the same time as maxConcurrency in jest.config.js says.
  it.concurrent.each(chapters)(
    '$file does what it says',
    async ({ steps }) => {
      // Chapters change kubectl's current namespace: here only in a copy of its configuration.
      const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
      const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig') };
      copyFileSync(process.env.KUBECONFIG ?? join(homedir(), '.kube/config'), env.KUBECONFIG);
      try {
        for (const step of steps) await runStep(step, env);
      } catch (error) {
        const names = namesIn(steps);
        const own = namespaces().filter((name) => names.includes(name));
        const reports = await Promise.all(
          own.map(async (name) => `--- namespace ${name}\n${await namespaceReport(name, env)}`),
        );
        // A chapter that failed has not cleaned up, and the others need the room.
        if (own.length > 0) kubectl(['delete', 'namespaces', '--wait=false', ...own]);
        throw new Error([String(error), ...reports].join('\n'), { cause: error });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    600_000,
  );
});
