import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runBuild } from '../../../packages/testing/src/codebuild/run.ts';
import { hasAws } from '../../../packages/testing/src/pipeline/aws.ts';
import { ScriptedPrograms } from '../../../packages/testing/src/scripted-programs.ts';
import { SETTINGS_STACKS } from '../../../pipeline/settings-stacks.mjs';
import { configurations, loadConfig } from '../../lib/config/load-config.ts';
import { RecordedAws } from '../support/rights/recorded-aws.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COMMIT = '0123456789abcdef';
const IMAGE = `111122223333.dkr.ecr.us-east-1.amazonaws.com/usermgmt/a@sha256:${'a'.repeat(64)}`;

const stages = (
  await Promise.all(
    configurations().map(async (name) => {
      const config = await loadConfig(name);
      const { staging, production } = config.pipeline ?? {};
      return [staging, production].flatMap((stage) => (stage ? [{ name, config, ...stage }] : []));
    }),
  )
).flat();

(hasAws ? describe : describe.skip).each(stages)(
  'buildspec-deploy.yml, with the role of the project that deploys $name to $namespace',
  ({ name, config, namespace }) => {
    const folder = mkdtempSync(join(tmpdir(), 'usermgmt-rights-'));
    const account = new SynthesizedAccount(config);
    let aws: RecordedAws;
    let programs: ScriptedPrograms;

    beforeAll(async () => {
      for (const path of ['buildspec-deploy.yml', 'pipeline', 'k8s/overlays'])
        cpSync(join(ROOT, path), join(folder, path), { recursive: true });
      aws = await RecordedAws.start(account, folder);
      aws.emulator.makeCluster(config.cluster.name);
      for (const stack of SETTINGS_STACKS)
        if (account.has(stack)) aws.emulator.makeStack(`${name}-${stack}`, account.outputs(stack));
      programs = new ScriptedPrograms({
        // What they do needs no right of IAM.
        kubectl: [],
        npm: [],
        sleep: [],
        curl: [
          { when: '/usermgmt/users', output: '[]\n200' },
          { when: '/usermgmt/hello-bean', output: `{"appversion":"${COMMIT.slice(0, 7)}"}` },
        ],
      });
    }, 120_000);

    afterAll(async () => {
      programs.remove();
      await aws.stop();
      rmSync(folder, { recursive: true });
    });

    it('calls nothing that the role may not', async () => {
      const { role, variables } = account.project(`deploy-eks-devops-${namespace}`);
      const { status, log } = await runBuild({
        buildspec: 'buildspec-deploy.yml',
        source: folder,
        environment: {
          ...aws.environment(role),
          ...variables,
          COMMIT,
          USER_MANAGEMENT_IMAGE: IMAGE,
          NOTIFICATION_IMAGE: IMAGE,
          DB_PASSWORD: 'a',
          DB_ROOT_PASSWORD: 'a',
          PATH: programs.path,
          HOME: folder,
        },
      });
      expect(aws.unknown).toEqual([]);
      expect(aws.denied).toEqual([]);
      expect({ status, log }).toMatchObject({ status: 'SUCCEEDED' });
    }, 120_000);
  },
);
