import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const INFRA = join(import.meta.dirname, '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usermgmt-command-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('npm run infra', () => {
  it('makes the templates of a configuration without credentials and without a network', () => {
    const { status, stdout, stderr } = infra('synth', 'minimal');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const made = /^minimal: (.+)$/m.exec(stdout)![1]!;
    expect(existsSync(join(made, 'cluster.template.json'))).toBe(true);
  });

  it.each(['diff', 'deploy', 'destroy'])('does not %s while the configuration says placeholders', (verb) => {
    const { status, stderr } = infra(verb, 'production');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Replace these in production first: account, cluster.administrators, mail/);
  });

  it('tells how it is used, and ends with 2, where the command line is wrong', () => {
    for (const words of [[], ['destory', 'minimal'], ['deploy']]) {
      expect(infra(...words)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('npm run infra -- synth'),
      });
    }
    expect(infra('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Configurations: ') });
  });

  it('names the configurations that there are where one is asked for that is not', () => {
    expect(infra('synth', 'tiny')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there are: course'),
    });
  });

  it('destroys load balancers before anything else, and stops if one stays', () => {
    const own = ownConfiguration();
    const items = [
      { metadata: { namespace: 'a', name: 'inside' }, spec: { type: 'ClusterIP' } },
      { metadata: { namespace: 'b', name: 'outside' }, spec: { type: 'LoadBalancer' } },
    ];
    program('aws', 'exit 0');
    program(
      'kubectl',
      `case "$*" in
        *gateways*) echo "error: the server doesn't have a resource type \\"gateways\\"" >&2; exit 1 ;;
        *"get ingresses"*) echo '{"items":[]}' ;;
        *"get services"*) echo '${JSON.stringify({ items })}' ;;
        *) exit 3 ;;
      esac`,
    );
    const { status, stderr } = infra('destroy', own);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^kubectl .+ --namespace b delete services outside --wait .+: exit code 3$/m);
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    expect(calls[0]).toMatch(/^aws eks update-kubeconfig --name eksdemo1 --region us-east-1 /);
    expect(calls.filter((call) => call.includes(' delete '))).toHaveLength(1);
    // The CDK would have asked AWS.
    expect(calls.at(-1)).toContain(' delete services outside ');
  });

  it('destroys no stack alone, for which it would have deleted the load balancers of all', () => {
    program('aws', 'exit 0');
    expect(infra('destroy', ownConfiguration(), 'own-mail')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^destroy deletes all stacks/),
    });
    expect(existsSync(join(folder, 'calls'))).toBe(false);
  });
});

function infra(...words: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(INFRA, 'bin/infra.ts'), ...words], {
    encoding: 'utf8',
    env: {
      PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
      HOME: folder,
      NODE_NO_WARNINGS: '1',
    },
  });
}

/** A program that writes down how it was called. */
function program(name: string, script: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${folder}/calls'\n${script}\n`);
  chmodSync(file, 0o755);
}

/** The minimal one, with nothing left to replace. */
function ownConfiguration(): string {
  const minimal = readFileSync(join(INFRA, 'config/minimal.ts'), 'utf8');
  const file = join(folder, 'own.ts');
  writeFileSync(
    file,
    minimal
      .replaceAll('111122223333', '210987654321')
      .replaceAll('example.com', 'my.domain')
      .replace("['192.0.2.1/32']", '[]'),
  );
  return file;
}
