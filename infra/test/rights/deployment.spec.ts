import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runBuild } from '../../../packages/testing/src/codebuild/run.ts';
import { ScriptedPrograms } from '../../../packages/testing/src/scripted-programs.ts';
import { SETTINGS_STACKS } from '../../../pipeline/settings-stacks.mjs';
import { configurations, loadConfig } from '../../lib/config/load-config.ts';
import { describeWithAws, RecordedAws } from '../support/rights/recorded-aws.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';
import { unusedRights } from '../support/rights/unused-rights.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COMMIT = '0123456789abcdef';
const IMAGE = `111122223333.dkr.ecr.us-east-1.amazonaws.com/usermgmt/a@sha256:${'a'.repeat(64)}`;
const MINUTE = 60_000;

const configs = (await Promise.all(configurations().map(loadConfig))).filter(({ pipeline }) => pipeline);
const stages = configs.flatMap((config) =>
  [config.pipeline?.staging, config.pipeline?.production].flatMap((stage) =>
    stage ? [{ name: config.name, namespace: stage.namespace, config }] : [],
  ),
);

describeWithAws('buildspec-deploy.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-rights-'));
  let aws: RecordedAws;
  let programs: ScriptedPrograms;

  beforeAll(async () => {
    for (const path of ['buildspec-deploy.yml', 'pipeline', 'k8s/overlays'])
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    programs = new ScriptedPrograms({
      // What these do needs no right of IAM.
      kubectl: [],
      npm: [],
      sleep: [],
      curl: [
        { when: '/usermgmt/users', output: '[]\n200' },
        { when: '/usermgmt/hello-bean', output: `{"appversion":"${COMMIT.slice(0, 7)}"}` },
      ],
    });
    aws = await RecordedAws.start(folder);
    for (const name of new Set(configs.map(({ cluster }) => cluster.name))) aws.emulator.makeCluster(name);
    for (const config of configs) {
      const account = new SynthesizedAccount(config);
      for (const stack of SETTINGS_STACKS)
        aws.emulator.makeStack(`${config.name}-${stack}`, account.outputs(stack));
    }
  }, 5 * MINUTE);

  afterAll(async () => {
    programs.remove();
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(stages)(
    'calls what the role of the project may that deploys $name to $namespace, and nothing else',
    async ({ namespace, config }) => {
      const { role, variables, secrets } = new SynthesizedAccount(config).project(
        `deploy-eks-devops-${namespace}`,
      );
      // CodeBuild itself puts the values of secrets into the environment, with the role of the project:
      // https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html
      for (const SecretId of Object.values(secrets))
        await aws.call(role, 'secretsmanager', 'GetSecretValue', { SecretId });
      const { status, log } = await runBuild({
        buildspec: 'buildspec-deploy.yml',
        source: folder,
        environment: {
          ...aws.environment(role),
          ...variables,
          ...Object.fromEntries(Object.keys(secrets).map((name) => [name, 'a password'])),
          COMMIT,
          USER_MANAGEMENT_IMAGE: IMAGE,
          NOTIFICATION_IMAGE: IMAGE,
          PATH: programs.path,
          HOME: folder,
        },
      });
      expect(aws.unknown).toEqual([]);
      expect(aws.denied(role)).toEqual([]);
      expect(status === 'SUCCEEDED' ? '' : log).toBe('');
      expect(unusedRights(role, aws.of(role))).toEqual([]);
    },
    2 * MINUTE,
  );
});
