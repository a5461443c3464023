import { copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOAD_BALANCER, namesIn, readSteps, runStep } from '../support/chapter.ts';
import { kubectl } from '../support/cluster.ts';
import { K8S } from '../support/kustomize.ts';
import { AWS_ENDPOINT, deleteClasses, hasController, openToTraffic } from './support/controller.ts';

const FOLDER = join(K8S, '../docs/learn');
const CURL = fileURLToPath(new URL('support/curl.sh', import.meta.url));
const chapters = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => ({ file, steps: readSteps(join(FOLDER, file), LOAD_BALANCER) }))
  .filter(({ file, steps }) => steps.length > readSteps(join(FOLDER, file)).length);

(hasController ? describe : describe.skip)('docs/learn, with load balancers', () => {
  beforeAll(() => {
    openToTraffic();
  }, 60_000);
  afterAll(deleteClasses, 60_000);

  it.concurrent.each(chapters)(
    '$file does what it says',
    async ({ steps }) => {
      const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
      symlinkSync(CURL, join(folder, 'curl'));
      const env = {
        ...process.env,
        KUBECONFIG: join(folder, 'kubeconfig'),
        PATH: `${folder}:${process.env.PATH}`,
        AWS_ENDPOINT_URL: AWS_ENDPOINT,
        AWS_REGION: 'us-east-1',
        // For the command line of AWS, version 1.
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      };
      copyFileSync(process.env.KUBECONFIG ?? join(homedir(), '.kube/config'), env.KUBECONFIG);
      const own = namesIn(steps).filter((name) => name.startsWith('learn-'));
      try {
        for (const step of steps) await runStep(step, env);
        expect(steps.length).toBeGreaterThan(0);
      } finally {
        rmSync(folder, { recursive: true });
        // A chapter that failed has not cleaned up.
        kubectl(['delete', 'namespaces', '--ignore-not-found', ...own]);
      }
    },
    600_000,
  );
});
