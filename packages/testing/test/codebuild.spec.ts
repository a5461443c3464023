import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dump } from 'js-yaml';
import { readBuildspec } from '@usermgmt/testing/codebuild/buildspec';
import { runBuild, type BuildResult } from '@usermgmt/testing/codebuild/run';

const ROOT = join(import.meta.dirname, '../../..');
let source: string;

beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), 'codebuild-test-'));
});
afterEach(() => {
  rmSync(source, { recursive: true });
});

function build(spec: object, environment: Record<string, string> = {}): Promise<BuildResult> {
  writeFileSync(join(source, 'buildspec.yml'), dump({ version: 0.2, ...spec }));
  return runBuild({
    buildspec: 'buildspec.yml',
    source,
    environment: { PATH: process.env.PATH, ...environment },
  });
}

describe('the runner of buildspecs', () => {
  it('runs all commands in one shell, from phase to phase', async () => {
    const { status, log } = await build({
      phases: {
        install: { commands: ['mkdir inner && cd inner', 'export NAME="a b"', 'plain=1'] },
        build: { commands: ['echo "in ${PWD##*/} with $NAME"'] },
      },
    });
    expect(status).toBe('SUCCEEDED');
    expect(log).toContain('in inner with a b\n');
  });

  it('takes what the project sets before what the buildspec says', async () => {
    const spec = {
      env: { shell: 'bash', variables: { A: 'of the buildspec', B: 'of the buildspec' } },
      phases: { build: { commands: ['echo "$A, $B"'] } },
    };
    expect((await build(spec, { A: 'of the project' })).log).toContain('of the project, of the buildspec\n');
  });

  it('exports what is named, and only that', async () => {
    const spec = {
      env: { shell: 'bash', 'exported-variables': ['ONE', 'NEVER'] },
      phases: { build: { commands: ['export ONE=1 TWO=2'] } },
    };
    expect((await build(spec)).exported).toEqual({ ONE: '1' });
  });

  it.each([
    ['install', undefined, { install: 'FAILED', build: 'SKIPPED', post_build: 'SKIPPED' }],
    ['build', undefined, { install: 'SUCCEEDED', build: 'FAILED', post_build: 'SUCCEEDED' }],
    ['build', 'ABORT', { install: 'SUCCEEDED', build: 'FAILED', post_build: 'SKIPPED' }],
    ['install', 'CONTINUE', { install: 'FAILED', build: 'SUCCEEDED', post_build: 'SUCCEEDED' }],
  ])(
    'goes on after a failure of %s, on-failure %s, as CodeBuild does',
    async (failing, onFailure, phases) => {
      const phase = (name: string) => ({
        commands: [name === failing ? 'false' : 'true', 'echo not after a failure'],
        ...(name === failing && onFailure !== undefined && { 'on-failure': onFailure }),
      });
      const result = await build({
        phases: { install: phase('install'), build: phase('build'), post_build: phase('post_build') },
      });
      expect(result).toMatchObject({ status: 'FAILED', failed: 'false', phases });
      const ran = Object.values(phases).filter((status) => status === 'SUCCEEDED').length;
      expect(result.log.match(/^not after a failure$/gm) ?? []).toHaveLength(ran);
    },
  );

  it('tells later phases of a failure, and runs what is finally to be done', async () => {
    const { log } = await build({
      phases: {
        build: { commands: ['exit 3'], finally: ['echo finally'] },
        post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] },
      },
    });
    expect(log).toContain('[exit code 3]');
    expect(log).toContain('\nfinally\n');
    expect(log).toContain('succeeding: 0\n');
  });

  it('measures each command', async () => {
    const busy = 'for i in {1..20000}; do :; done';
    const { commands } = await build({
      phases: { install: { commands: ['true'] }, build: { commands: [busy, 'exit 3', 'true'] } },
    });
    expect(commands.map(({ phase, command }) => [phase, command])).toEqual([
      ['install', 'true'],
      ['build', busy],
      ['build', 'exit 3'],
    ]);
    expect(commands[1]!.cpuSeconds).toBeGreaterThan(0);
  });

  it('finds artifacts of what has succeeded, and reports of everything', async () => {
    const spec = (last: string) => ({
      phases: { build: { commands: ['mkdir -p out/x && touch out/x/a out/b out/r.xml', last] } },
      reports: { tests: { files: ['r.xml'], 'base-directory': 'out', 'file-format': 'JUNITXML' } },
      artifacts: { files: ['**/*'], 'base-directory': 'out' },
    });
    expect(await build(spec('true'))).toMatchObject({
      artifacts: ['b', 'r.xml', 'x/a'],
      reports: { tests: ['r.xml'] },
    });
    expect(await build(spec('false'))).toMatchObject({ artifacts: [], reports: { tests: ['r.xml'] } });
  });

  it.each([
    ['an unknown key', { phases: { build: { command: ['true'] } } }],
    ['an unknown phase', { phases: { deploy: { commands: ['true'] } } }],
    ['no phase', {}],
    ['another version', { version: 0.1, phases: { build: { commands: ['true'] } } }],
    ['a command that YAML has read as a mapping', { phases: { build: { commands: [{ echo: 'a' }] } } }],
  ])('refuses %s', async (_, spec) => {
    await expect(build(spec)).rejects.toThrow();
  });
});

describe('our buildspecs', () => {
  it('are of the format', () => {
    expect(Object.keys(readBuildspec(join(ROOT, 'buildspec.yml')).phases)).toEqual([
      'install',
      'pre_build',
      'build',
    ]);
    expect(Object.keys(readBuildspec(join(ROOT, 'buildspec-deploy.yml')).phases)).toEqual([
      'install',
      'pre_build',
      'build',
    ]);
  });

  it('push after everything else has succeeded, and stop at every failure', () => {
    const { phases } = readBuildspec(join(ROOT, 'buildspec.yml'));
    for (const phase of Object.values(phases)) expect(phase['on-failure']).toBe('ABORT');
    const commands = phases.build!.commands.map((command) =>
      command.replace(/^bash /, '').replace(/ .*/, ''),
    );
    expect(commands).toEqual([
      'pipeline/images.sh',
      'node',
      'pipeline/sbom.sh',
      'aws',
      'pipeline/images.sh',
      'set',
      'pipeline/scan-findings.sh',
    ]);
    expect(phases.pre_build!.commands.at(-1)).toBe('npm run check -- $CHECK_ARGS');
  });

  it.each([
    ['buildspec.yml', ['images.sh build', 'sbom.sh', 'images.sh push', 'scan-findings.sh']],
    ['buildspec-deploy.yml', ['install-kubectl.sh', 'deploy.sh']],
  ])('%s runs its scripts from a source that has lost the executable bit', async (buildspec, scripts) => {
    copyFileSync(join(ROOT, buildspec), join(source, buildspec));
    mkdirSync(join(source, 'pipeline'));
    for (const name of readdirSync(join(ROOT, 'pipeline')).filter((file) => file.endsWith('.sh'))) {
      const script = 'echo "ran ${0##*/} ${1:-}"; mkdir -p build; : >build/images.env';
      writeFileSync(join(source, 'pipeline', name), script, { mode: 0o644 });
    }
    const programs = join(source, 'programs');
    mkdirSync(programs);
    for (const name of ['npm', 'node', 'aws', 'docker']) {
      writeFileSync(join(programs, name), '#!/bin/sh\n');
      chmodSync(join(programs, name), 0o755);
    }
    const PATH = [programs, process.env.PATH].join(delimiter);
    const { status, log } = await runBuild({ buildspec, source, environment: { PATH } });
    for (const script of scripts) expect(log).toContain(`ran ${script}`);
    expect(status).toBe('SUCCEEDED');
  });
});
