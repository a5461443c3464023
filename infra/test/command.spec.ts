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
});

describe('npm run infra -- destroy', () => {
  const SERVICES = [
    { metadata: { namespace: 'a', name: 'inside' }, spec: { type: 'ClusterIP' } },
    { metadata: { namespace: 'b', name: 'outside' }, spec: { type: 'LoadBalancer' } },
  ];

  it('deletes load balancers before anything else, and stops if one stays', () => {
    account({ cluster: { 'usermgmt:configuration': 'minimal' } });
    program(
      'kubectl',
      `case "$*" in
        *gateways*) echo "error: the server doesn't have a resource type \\"gateways\\"" >&2; exit 1 ;;
        *"get ingresses"*) echo '{"items":[]}' ;;
        *"get services"*) echo '${JSON.stringify({ items: SERVICES })}' ;;
        *) exit 3 ;;
      esac`,
    );
    const { status, stderr } = infra('destroy', ownConfiguration(), '--force');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^kubectl .+ --namespace b delete services outside --wait .+: exit code 3$/m);
    expect(calls().filter((call) => call.includes(' delete '))).toHaveLength(1);
    expect(calls().at(-1)).toContain(' delete services outside ');
  });

  it('leaves alone the load balancers of a cluster that is of another configuration', () => {
    account({ cluster: { 'usermgmt:configuration': 'course' }, stacks: [] });
    const { status, stdout } = infra('destroy', ownConfiguration(), '--force');
    expect(status).toBe(0);
    expect(stdout).toContain('The cluster eksdemo1 is not of minimal: its load balancers stay');
    expect(calls().filter((call) => call.startsWith('kubectl'))).toEqual([]);
  });

  it('says what to do where the API server is private and does not answer', () => {
    account({ cluster: { 'usermgmt:configuration': 'minimal' }, isPublic: false });
    program('kubectl', 'echo "Unable to connect to the server" >&2; exit 1');
    expect(infra('destroy', ownConfiguration(), '--force')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/does not answer; it is private: run this from inside the VPC/),
    });
    expectNothingDeleted();
  });

  it.each([
    ['the answer is no', 'n\n', 'Nothing was deleted.'],
    ['there is no answer', '', 'Nothing was deleted.'],
  ])('changes nothing when %s', (_, input, message) => {
    account({ cluster: { 'usermgmt:configuration': 'minimal' } });
    const { status, stdout, stderr } = infraWith(input, 'destroy', ownConfiguration());
    expect({ status, stderr }).toEqual({ status: 1, stderr: `${message}\n` });
    expect(stdout).toContain(
      'minimal in account 210987654321, us-east-1, with all its data: minimal-network.',
    );
    expectNothingDeleted();
  });

  it('asks AWS nothing where the data is to be kept', () => {
    account({});
    expect(infra('destroy', ownConfiguration(["'throw-away'", "'keep'"]), '--force')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^minimal says data: 'keep': nothing was deleted\. .* deploy that, then destroy$/m,
      ),
    });
    expect(calls()).toEqual([]);
  });

  it('changes nothing where the stacks are protected still', () => {
    account({ stacks: [{ ...STACK, EnableTerminationProtection: true }] });
    expect(infra('destroy', ownConfiguration(), '--force')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^These stacks are protected, .+: minimal-network\. Nothing was deleted;/,
      ),
    });
    expectNothingDeleted();
  });

  it('changes nothing while CloudFormation is at work', () => {
    account({ stacks: [{ ...STACK, StackStatus: 'UPDATE_IN_PROGRESS' }] });
    expect(infra('destroy', ownConfiguration(), '--force')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('at work on minimal-network (UPDATE_IN_PROGRESS): nothing was deleted'),
    });
    expectNothingDeleted();
  });

  it('destroys no stack alone, for which it would have deleted the load balancers of all', () => {
    account({});
    expect(infra('destroy', ownConfiguration(), 'minimal-mail')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^destroy deletes all stacks/),
    });
    expect(calls()).toEqual([]);
  });

  it('deletes the log groups that are left when nothing else is', () => {
    account({ stacks: [], logGroups: ['/aws/eks/eksdemo1/cluster'] });
    const { status, stdout } = infra('destroy', ownConfiguration(), '--force');
    expect(status).toBe(0);
    expect(stdout).toContain('There is no running cluster eksdemo1');
    expect(stdout).toContain('What stays: the hosted zone');
    expect(calls()).toContainEqual(
      expect.stringContaining('aws logs delete-log-group --log-group-name /aws/eks/eksdemo1/cluster '),
    );
  });
});

describe.each(['diff', 'deploy', 'destroy'])('npm run infra -- %s', (verb) => {
  it('changes nothing with the credentials of another account', () => {
    account({ id: '999988887777' });
    const options = { destroy: ['--force'], deploy: ['--skip-doctor'] }[verb] ?? [];
    expect(infra(verb, ownConfiguration(), ...options)).toMatchObject({
      status: 1,
      stderr:
        'The credentials are of account 999988887777, and the configuration minimal is of 210987654321: nothing was changed\n',
    });
    expect(calls()).toEqual([expect.stringContaining('aws sts get-caller-identity ')]);
  });
});

const STACK = { StackName: 'minimal-network', StackStatus: 'CREATE_COMPLETE' };

function infra(...words: string[]): SpawnSyncReturns<string> {
  return infraWith('', ...words);
}

function infraWith(input: string, ...words: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(INFRA, 'bin/infra.ts'), ...words], {
    encoding: 'utf8',
    input,
    env: {
      PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
      HOME: folder,
      NODE_NO_WARNINGS: '1',
    },
  });
}

/** An `aws` that answers as an account with these things in it does, and a record of what it was asked. */
function account({
  id = '210987654321',
  stacks = [STACK],
  cluster,
  isPublic = true,
  logGroups = [],
}: {
  id?: string;
  stacks?: object[];
  cluster?: Record<string, string>;
  isPublic?: boolean;
  logGroups?: string[];
}): void {
  const say = (answer: object) => `echo '${JSON.stringify(answer)}'`;
  const found = { status: 'ACTIVE', tags: cluster, resourcesVpcConfig: { endpointPublicAccess: isPublic } };
  program(
    'aws',
    `case "$*" in
      "sts get-caller-identity "*) ${say({ Account: id })} ;;
      "cloudformation describe-stacks "*) ${say({ Stacks: stacks })} ;;
      "eks describe-cluster "*) ${cluster ? say({ cluster: found }) : 'echo "ResourceNotFoundException" >&2; exit 254'} ;;
      "logs describe-log-groups --log-group-name-prefix /aws/eks/"*) ${say({ logGroups: logGroups.map((logGroupName) => ({ logGroupName })) })} ;;
      "logs describe-log-groups "*) ${say({ logGroups: [] })} ;;
    esac`,
  );
}

function calls(): string[] {
  const file = join(folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function expectNothingDeleted(): void {
  expect(calls().filter((call) => / delete[ -]|update-termination/.test(call))).toEqual([]);
}

/** A program that writes down how it was called. */
function program(name: string, script: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${folder}/calls'\n${script}\n`);
  chmodSync(file, 0o755);
}

/** The minimal one, with nothing left to replace. */
function ownConfiguration(...changes: [string, string][]): string {
  const minimal = readFileSync(join(INFRA, 'config/minimal.ts'), 'utf8');
  const file = join(folder, 'own.ts');
  const own: [string, string][] = [
    ['111122223333', '210987654321'],
    ['example.com', 'my.domain'],
    ["['192.0.2.1/32']", '[]'],
  ];
  writeFileSync(
    file,
    [...own, ...changes].reduce((text, [from, to]) => text.replaceAll(from, to), minimal),
  );
  return file;
}
