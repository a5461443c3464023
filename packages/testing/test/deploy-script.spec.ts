import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Answer, ScriptedPrograms } from '@usermgmt/testing/scripted-programs';

const SCRIPT = join(import.meta.dirname, '../../../pipeline/deploy.sh');
const HOST = 'usermgmt.example.com';
const COMMIT = '0123456789abcdef';
const ADDRESS = 'ingress/usermgmt-ingress usermgmt-1.us-east-1.elb.amazonaws.com\n';
const NO_ADDRESS = 'ingress/usermgmt-ingress \n';

let programs: ScriptedPrograms;
afterEach(() => {
  programs.remove();
});

interface Scene {
  /** What the namespace has of Ingresses, call by call; the first one is before the deployment. */
  ingresses?: string[];
  /** How curl ends when it asks whether the name resolves, call by call. */
  resolving?: number[];
  /** How `npm run k8s -- apply` ends. */
  applying?: number;
  /** Revisions of the Deployments, call by call. */
  revisions?: string[];
  env?: Record<string, string>;
}

/** Runs pipeline/deploy.sh beside programs that answer so; `sleep` returns at once. */
function deploy({ ingresses = [''], resolving = [0], applying = 0, revisions = [''], env = {} }: Scene) {
  const kubectl: Answer[] = [
    { when: 'get ingresses', output: ingresses },
    { when: 'get gateways', errors: "error: the server doesn't have a resource type", code: 1 },
    { when: 'get deployment', output: revisions },
  ];
  const curl: Answer[] = [
    { when: '--head', code: resolving },
    { when: '/usermgmt/users', output: '[]\n200' },
    { when: '/usermgmt/hello-bean', output: `{"appversion":"${COMMIT.slice(0, 7)}"}` },
  ];
  programs = new ScriptedPrograms({ kubectl, curl, npm: [{ when: 'apply', code: applying }], sleep: [] });
  const settings = { OVERLAY: 'some', NAMESPACE: 'usermgmt', HOST, COMMIT, ...env };
  const { status, stdout } = spawnSync('bash', [SCRIPT], {
    encoding: 'utf8',
    env: { PATH: programs.path, ...settings },
  });
  const words = (program: string): string[] =>
    programs.calls.filter((call) => call.program === program).map((call) => call.words);
  return { status, stdout, slept: words('sleep'), asked: words('curl'), kubectl: words('kubectl') };
}

describe('pipeline/deploy.sh', () => {
  it('waits for the address of a new load balancer, then for its name, before it asks for anything', () => {
    const { status, stdout, slept, asked } = deploy({
      ingresses: ['', NO_ADDRESS, NO_ADDRESS, ADDRESS],
      resolving: [6, 6, 0],
    });
    expect(status).toBe(0);
    expect(stdout).toContain('ingress/usermgmt-ingress has no address: waiting\n');
    expect(stdout).toContain(`the name ${HOST} does not resolve: waiting\n`);
    // Twice for the address, long for the record, twice for the name.
    expect(slept).toEqual(['5', '5', '90', '5', '5']);
    expect(asked.map((words) => words.includes('--head'))).toEqual([true, true, true, false, false, false]);
  });

  it('does not wait for a load balancer that was there before, nor where there is none', () => {
    for (const ingresses of [[ADDRESS], ['']]) {
      const { status, slept } = deploy({ ingresses });
      expect(status).toBe(0);
      expect(slept).toEqual([]);
      programs.remove();
    }
    programs = new ScriptedPrograms({});
  });

  it('fails when the load balancer gets no address in time, and says so', () => {
    const { status, stdout, asked } = deploy({
      ingresses: ['', NO_ADDRESS],
      env: { ADDRESS_LIMIT: '10' },
    });
    expect(status).not.toBe(0);
    expect(stdout).toContain('after 10 s: ingress/usermgmt-ingress has no address\n');
    expect(stdout).toContain(`!!! FAILED: wait for the load balancer and the name ${HOST}`);
    expect(asked).toEqual([]);
  });

  it('fails when the name does not resolve in time, and says so', () => {
    const { status, stdout, asked } = deploy({
      ingresses: [ADDRESS],
      resolving: [6],
      env: { NAME_LIMIT: '10' },
    });
    expect(status).not.toBe(0);
    expect(stdout).toContain(`after 10 s: the name ${HOST} does not resolve\n`);
    expect(asked.filter((words) => !words.includes('--head'))).toEqual([]);
  });

  it('goes back to the version before with the time limit of the Deployment itself', () => {
    const { status, kubectl } = deploy({ applying: 1, revisions: ['1', '1', '2'] });
    expect(status).not.toBe(0);
    expect(kubectl).toContain(
      '--namespace usermgmt rollout undo deployment/usermgmt-microservice --to-revision 1',
    );
    expect(kubectl).toContain('--namespace usermgmt rollout status deployment/usermgmt-microservice');
  });
});
