import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { ScriptedPrograms } from '../../packages/testing/src/scripted-programs.ts';
import { configurations, loadConfig } from '../lib/config/load-config.ts';
import { templatesOf } from './support/templates.ts';

const ROOT = join(import.meta.dirname, '../..');
/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
const OF_CODEBUILD = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' };
/** What the build exports: images by their digests. */
const IMAGE = `111122223333.dkr.ecr.us-east-1.amazonaws.com/usermgmt/a@sha256:${'a'.repeat(64)}`;

interface Variable {
  Name: string;
  Value: unknown;
}

const stages = (
  await Promise.all(
    configurations().map(async (name) => {
      const config = await loadConfig(name);
      const { staging, production } = config.pipeline ?? {};
      return [staging, production].flatMap((stage) => (stage ? [{ name, config, ...stage }] : []));
    }),
  )
).flat();

describe('a deployment by the pipeline', () => {
  let folder: string;
  let programs: ScriptedPrograms;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-deployment-'));
  });
  afterEach(() => {
    programs.remove();
    rmSync(folder, { recursive: true });
  });

  it.each(stages)(
    'of $overlay to $namespace, with the configuration $name, has every setting',
    ({ name, config, overlay, namespace }) => {
      const templates = templatesOf(config);
      const file = `k8s/overlays/${overlay}/settings.env`;
      cpSync(join(ROOT, file), join(folder, file), { recursive: true });
      const answers = Object.entries(templates).map(([stack, template]) => ({
        when: `--stack-name ${name}-${stack} `,
        output: JSON.stringify(outputsOf(template)),
      }));
      const missing = { when: '', errors: `Stack does not exist`, code: 254 };
      programs = new ScriptedPrograms({ aws: [...answers, missing] });
      const script = join(ROOT, 'pipeline/settings.mjs');
      const { status, stderr } = spawnSync(process.execPath, [script, overlay, name], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: programs.path, ...OF_CODEBUILD, ...variablesOf(templates.pipeline!, namespace) },
      });
      expect(stderr).toBe('');
      expect(status).toBe(0);
    },
  );
});

/** What a stack has put out once it is deployed; what is only known then has the name of its output. */
function outputsOf(template: Template): object[] {
  return Object.entries(template.findOutputs('*')).map(([OutputKey, { Value }]) => ({
    OutputKey,
    OutputValue: typeof Value === 'string' ? Value : OutputKey,
  }));
}

/** What the project of a namespace, and the pipeline that starts it, put into the environment of the commands. */
function variablesOf(pipeline: Template, namespace: string): Record<string, string> {
  const project = Object.values(pipeline.findResources('AWS::CodeBuild::Project')).find(({ Properties }) =>
    (Properties.Environment.EnvironmentVariables as Variable[]).some(
      ({ Name, Value }) => Name === 'NAMESPACE' && Value === namespace,
    ),
  );
  const ofProject = (project?.Properties.Environment.EnvironmentVariables as Variable[]).map(
    ({ Name, Value }) => [Name, typeof Value === 'string' ? Value : Name] as const,
  );
  const [{ Properties }] = Object.values(pipeline.findResources('AWS::CodePipeline::Pipeline')) as [
    { Properties: { Stages: { Actions: { Configuration: { EnvironmentVariables?: string } }[] }[] } },
  ];
  const ofAction = Properties.Stages.flatMap(({ Actions }) => Actions)
    .flatMap(
      ({ Configuration }) => JSON.parse(Configuration.EnvironmentVariables ?? '[]') as { name: string }[],
    )
    .map(({ name }) => [name, name.endsWith('_IMAGE') ? IMAGE : name] as const);
  return Object.fromEntries([...ofProject, ...ofAction]);
}
