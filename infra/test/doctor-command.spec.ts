import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import minimal from '../config/minimal.ts';
import { ACCOUNT, own } from './support/doctor.ts';

const INFRA = join(import.meta.dirname, '..');
/** A synthesis for the doctor and one for the CDK, on a machine that may do other things too. */
const TIMEOUT_MS = 300_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usermgmt-doctor-command-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'own.ts'), `export default ${JSON.stringify(own(minimal, 'us-east-2'))};\n`);
  // Ends the CDK before it begins, and writes down what it was to do.
  writeFileSync(
    join(folder, 'record.cjs'),
    `if (process.argv[1]?.endsWith('/aws-cdk/bin/cdk')) {
      require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'cdk'))}, JSON.stringify(process.argv.slice(2)));
      process.exit(0);
    }\n`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('npm run infra -- doctor', () => {
  it('checks nothing while the configuration says placeholders', () => {
    const { status, stderr } = infra('doctor', 'production');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Replace these in production first: account, /);
  });

  it('takes one configuration', () => {
    for (const words of [['doctor'], ['doctor', 'minimal', 'minimal-mail']]) {
      expect(infra(...words)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('-- doctor CONFIGURATION'),
      });
    }
  });
});

describe('npm run infra -- deploy', () => {
  it(
    'deploys nothing while the doctor says that something must be done',
    () => {
      // Without the AWS CLI.
      const { status, stdout, stderr } = infra('deploy', join(folder, 'own.ts'));
      expect(stdout).toBe(
        [
          'to do        credentials: install the AWS CLI 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
          'not checked  everything else: it needs the credentials',
          '0 ok, 1 to do, 1 not checked\n',
        ].join('\n'),
      );
      expect(stderr).toBe('Not deployed. Do what the doctor says, or repeat it with --skip-doctor\n');
      expect(status).toBe(1);
      expect(existsSync(join(folder, 'cdk'))).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    'deploys when the doctor has nothing to say, also if it could not check anything',
    () => {
      aws(`case "$*" in
        *get-caller-identity*--query*) echo '["${ACCOUNT}", "arn:aws:iam::${ACCOUNT}:user/me"]' ;;
        *list-roles*) echo 'aws: error: argument operation: Invalid choice' >&2; exit 252 ;;
        *) echo 'An error occurred (AccessDenied) when calling it: no' >&2; exit 254 ;;
      esac`);
      const { status, stdout } = infra('deploy', join(folder, 'own.ts'), 'minimal-mail');
      expect(stdout).toMatch(/^1 ok, 0 to do, \d+ not checked$/m);
      expect(stdout).toContain(
        'service-linked roles: update the AWS CLI: it does not know aws iam list-roles\n',
      );
      expect(status).toBe(0);
      expect(cdk()).toEqual([
        'deploy',
        expect.stringMatching(/^--app=/),
        '--require-approval=broadening',
        'minimal-mail',
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'asks no doctor with --skip-doctor, of which the CDK hears nothing',
    () => {
      aws('');
      const { status } = infra('deploy', join(folder, 'own.ts'), '--skip-doctor', '--no-rollback');
      expect(status).toBe(0);
      expect(cdk()).toContain('--no-rollback');
      expect(cdk()).not.toContain('--skip-doctor');
      // The doctor asks with a query, the deployment without one.
      expect(readFileSync(join(folder, 'calls'), 'utf8')).not.toContain('--query');
    },
    TIMEOUT_MS,
  );
});

function infra(...words: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(INFRA, 'bin/infra.ts'), ...words], {
    encoding: 'utf8',
    env: {
      PATH: join(folder, 'bin'),
      HOME: folder,
      NODE_NO_WARNINGS: '1',
      NODE_OPTIONS: `--require ${join(folder, 'record.cjs')}`,
    },
  });
}

/** An `aws` that answers what the deployment asks, and otherwise does what the script says. */
function aws(script: string): void {
  const file = `#!/bin/sh
    echo "$*" >>'${join(folder, 'calls')}'
    case "$*" in
      *--query*) ;;
      *get-caller-identity*) echo '{"Account": "${ACCOUNT}"}'; exit ;;
      *describe-stacks*) echo '{"Stacks": []}'; exit ;;
    esac
    ${script}\n`;
  writeFileSync(join(folder, 'bin', 'aws'), file, { mode: 0o755 });
}

const cdk = () => JSON.parse(readFileSync(join(folder, 'cdk'), 'utf8')) as string[];
