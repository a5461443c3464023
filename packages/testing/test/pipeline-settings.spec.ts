import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');
const SCRIPT = join(ROOT, 'pipeline/settings.mjs');
const IMAGE = `111122223333.dkr.ecr.us-east-1.amazonaws.com/usermgmt/notification@sha256:${'a'.repeat(64)}`;
const SETTINGS = `# The image.
NOTIFICATION_IMAGE=<the image>
RDS_ENDPOINT=<the endpoint>
# Taken from the environment.
DB_PASSWORD
DB_USERNAME=dbadmin
USER_MANAGEMENT_ROLE_ARN=<the role>
`;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-settings-'));
  mkdirSync(join(folder, 'k8s/overlays/some'), { recursive: true });
  file = join(folder, 'k8s/overlays/some/settings.env');
  writeFileSync(file, SETTINGS);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the script beside an `aws` that knows these stacks. */
function run(stacks: Record<string, Record<string, string>>, environment: Record<string, string>) {
  const outputs = Object.entries(stacks).map(([name, values]) => {
    const list = Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    return `*" ${name} "*) echo '${JSON.stringify(list)}' ;;`;
  });
  const aws = join(folder, 'aws');
  const otherwise = `*) echo "An error occurred (ValidationError): Stack does not exist" >&2; exit 254 ;;`;
  writeFileSync(aws, `#!/bin/sh\ncase "$* " in ${outputs.join(' ')} ${otherwise} esac\n`);
  chmodSync(aws, 0o755);
  const PATH = [folder, process.env.PATH].join(delimiter);
  const words = [SCRIPT, 'some', 'mine'];
  return spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8', env: { PATH, ...environment } });
}

describe('the settings of a deployment', () => {
  it('come from the environment, the outputs of the stacks, and the file', () => {
    const stacks = {
      'mine-data': { RdsEndpoint: 'db.example.com', DbUsername: 'admin' },
      'mine-workloads': { UmsUserManagementRoleArn: 'arn:aws:iam::111122223333:role/ums' },
    };
    const environment = { NOTIFICATION_IMAGE: IMAGE, NAMESPACE: 'ns-ums', DB_PASSWORD: 'Pass@123' };
    const { status, stdout } = run(stacks, environment);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^filled in NOTIFICATION_IMAGE, RDS_ENDPOINT, DB_USERNAME, USER_MANAGEMENT_ROLE_ARN in /,
    );
    expect(readFileSync(file, 'utf8')).toBe(`# The image.
NOTIFICATION_IMAGE=${IMAGE}
RDS_ENDPOINT=db.example.com
# Taken from the environment.
DB_PASSWORD
DB_USERNAME=admin
USER_MANAGEMENT_ROLE_ARN=arn:aws:iam::111122223333:role/ums
`);
  });

  it('are refused, all at once and by name, while one is a placeholder', () => {
    const { status, stderr } = run({ 'mine-data': { RdsEndpoint: 'db.example.com' } }, {});
    expect(status).toBe(1);
    expect(stderr).toBe(`k8s/overlays/some/settings.env is not complete; nothing was applied:
  NOTIFICATION_IMAGE: neither the environment nor a stack says it
  DB_PASSWORD: set it in the environment
  USER_MANAGEMENT_ROLE_ARN: neither the environment nor a stack says it
`);
    expect(readFileSync(file, 'utf8')).toBe(SETTINGS);
  });

  it('of a namespace are those of the overlay, not those of another one', () => {
    const roles = { UsermgmtUserManagementRoleArn: 'arn:1', UsermgmtStagingUserManagementRoleArn: 'arn:2' };
    const environment = { NOTIFICATION_IMAGE: IMAGE, DB_PASSWORD: 'Pass@123' };
    const stacks = { 'mine-data': { RdsEndpoint: 'db.example.com' }, 'mine-workloads': roles };
    const inner = join(folder, 'k8s/overlays/some/inner');
    mkdirSync(inner);
    writeFileSync(join(inner, 'kustomization.yaml'), 'namespace: team-a\n');
    const { status, stderr } = run(stacks, environment);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'USER_MANAGEMENT_ROLE_ARN: no stack has it for the namespace team-a; there are: ' +
        'USERMGMT_USER_MANAGEMENT_ROLE_ARN, USERMGMT_STAGING_USER_MANAGEMENT_ROLE_ARN\n',
    );
    writeFileSync(join(inner, 'kustomization.yaml'), 'namespace: usermgmt-staging\n');
    expect(run(stacks, environment).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('USER_MANAGEMENT_ROLE_ARN=arn:2\n');
  });

  it('of a namespace win over those for all', () => {
    writeFileSync(file, 'MAIL_FROM_ADDRESS=<address>\n');
    const stacks = {
      'mine-mail': { MailFromAddress: 'all@example.com' },
      'mine-workloads': { UsermgmtStagingMailFromAddress: 'staging@example.com' },
    };
    expect(run(stacks, { NAMESPACE: 'usermgmt-staging' }).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('MAIL_FROM_ADDRESS=staging@example.com\n');
  });

  it("of staging never take production's name", () => {
    copyFileSync(join(ROOT, 'k8s/overlays/staging/settings.env'), file);
    const { status, stdout, stderr } = run({ 'mine-dns': { DnsNames: 'production.example.com' } }, {});
    expect(status).toBe(1);
    expect(stderr).toContain('  DNS_NAMES: set it in the environment\n');
    expect(stdout).toBe('');
  });

  it.each(['usermgmt/notification:V1', 'usermgmt/notification', 'usermgmt/notification@sha256:abc'])(
    'are refused with the image %s, which is not named by its digest',
    (image) => {
      const { status, stderr } = run({}, { NOTIFICATION_IMAGE: image });
      expect(status).toBe(1);
      expect(stderr).toContain('NOTIFICATION_IMAGE: not an image by its digest');
    },
  );

  it('are not guessed when AWS refuses to say', () => {
    writeFileSync(join(folder, 'aws'), '');
    const PATH = [join(folder, 'nowhere'), '/nonexistent'].join(delimiter);
    const result = spawnSync(process.execPath, [SCRIPT, 'some', 'mine'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH },
    });
    expect(result.status).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(SETTINGS);
  });
});
