import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runBuild } from '../../../packages/testing/src/codebuild/run.ts';
import { ScriptedPrograms } from '../../../packages/testing/src/scripted-programs.ts';
import course from '../../config/course.ts';
import production from '../../config/production.ts';
import { describeWithAws, RecordedAws } from '../support/rights/recorded-aws.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';
import { unusedRights } from '../support/rights/unused-rights.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COMMIT = '0123456789abcdef';
const MINUTE = 60_000;

describeWithAws('buildspec.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-rights-'));
  let aws: RecordedAws;
  let programs: ScriptedPrograms;

  beforeAll(async () => {
    for (const path of ['buildspec.yml', 'pipeline'])
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    programs = new ScriptedPrograms({
      // Docker is not needed for what is asked here, nor are the tests of the commit.
      docker: [{ when: 'imagetools inspect', output: `Digest: sha256:${'a'.repeat(64)}\n` }],
      npm: [],
      tar: [{ when: '', output: '{"packages":{}}' }],
    });
    aws = await RecordedAws.start(folder);
    for (const repository of ['usermgmt/user-management', 'usermgmt/notification']) pushed(repository);
  }, MINUTE);

  afterAll(async () => {
    programs.remove();
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([course, production])(
    'calls what the role of the project in $name may, and nothing else',
    async (config) => {
      const { role, variables } = new SynthesizedAccount(config).project('build-eks-devops');
      const { status, log } = await runBuild({
        buildspec: 'buildspec.yml',
        source: folder,
        environment: {
          ...aws.environment(role),
          ...variables,
          CODEBUILD_RESOLVED_SOURCE_VERSION: COMMIT,
          PATH: programs.path,
          HOME: folder,
        },
      });
      expect(aws.unknown).toEqual([]);
      expect(aws.denied(role)).toEqual([]);
      expect(status === 'SUCCEEDED' ? '' : log).toBe('');
      expect(log).not.toContain('NOT SCANNED');
      expect(unusedRights(role, aws.of(role))).toEqual([]);
    },
    MINUTE,
  );

  /** Makes a repository with an image of the commit that has been scanned. */
  function pushed(repository: string): void {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { digest: repository },
      layers: [],
    });
    const name = ['--repository-name', repository];
    aws.emulator.aws('ecr', 'create-repository', ...name);
    aws.emulator.aws('ecr', 'put-image', ...name, '--image-tag', COMMIT, '--image-manifest', manifest);
    aws.emulator.aws('ecr', 'start-image-scan', ...name, '--image-id', `imageTag=${COMMIT}`);
  }
});
