import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigInput } from '../../lib/config/config.ts';

const INFRA = join(import.meta.dirname, '../..');
const DOMAIN = 'my.domain';
const REGION = 'us-east-1';
/** Where an emulated AWS answers, which gives each access key of twelve digits an account of its own. */
const ENDPOINT = process.env.TEST_AWS_ENDPOINT;
/** Where the emulator writes STACK.resolved.json. */
const RESOLVED = process.env.TEST_AWS_RESOLVED;

export const hasAccount = ENDPOINT !== undefined && RESOLVED !== undefined;
if (!hasAccount) {
  process.stderr.write(
    '!!! SKIPPED: no emulated AWS account: TEST_AWS_ENDPOINT and TEST_AWS_RESOLVED are not set\n',
  );
}

/** What a program has ended with. */
export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** What can be left in an account, by the call that lists it and the names in its answer. */
const LISTS: Record<string, string[]> = {
  alarms: ['cloudwatch', 'describe-alarms', 'MetricAlarms[].AlarmName'],
  addresses: ['ec2', 'describe-addresses', 'Addresses[].AllocationId'],
  buckets: ['s3api', 'list-buckets', 'Buckets[].Name'],
  clusters: ['eks', 'list-clusters', 'clusters[]'],
  databases: ['rds', 'describe-db-instances', 'DBInstances[].DBInstanceIdentifier'],
  functions: ['lambda', 'list-functions', 'Functions[].FunctionName'],
  identities: ['sesv2', 'list-email-identities', 'EmailIdentities[].IdentityName'],
  logGroups: ['logs', 'describe-log-groups', 'logGroups[].logGroupName'],
  natGateways: ['ec2', 'describe-nat-gateways', "NatGateways[?State=='available'].NatGatewayId"],
  projects: ['codebuild', 'list-projects', 'projects[]'],
  queues: ['sqs', 'list-queues', 'QueueUrls[]'],
  repositories: ['ecr', 'describe-repositories', 'repositories[].repositoryName'],
  roles: ['iam', 'list-roles', 'Roles[].RoleName'],
  secrets: ['secretsmanager', 'list-secrets', 'SecretList[].Name'],
  snapshots: ['rds', 'describe-db-snapshots', 'DBSnapshots[].DBSnapshotIdentifier'],
  stacks: ['cloudformation', 'describe-stacks', 'Stacks[].StackName'],
  topics: ['sns', 'list-topics', 'Topics[].TopicArn'],
  vpcs: ['ec2', 'describe-vpcs', 'Vpcs[?IsDefault==`false`].VpcId'],
};

/** And what the emulator leaves and RDS does not: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html */
const OF_BOOTSTRAP = /^CDKToolkit$|^cdk-hnb659fds-|^rds!/;

/** An account with nothing in it but a hosted zone and what `cdk bootstrap` makes. */
export class EmulatedAccount {
  readonly id = String(randomInt(100_000_000_000, 1_000_000_000_000));
  private readonly folder = mkdtempSync(join(tmpdir(), 'usermgmt-account-'));
  private zoneId = '';

  /** Makes the zone, and bootstraps. */
  async open(): Promise<void> {
    // prettier-ignore
    const zone = await this.aws('route53', 'create-hosted-zone', '--name', DOMAIN, '--caller-reference', this.id, '--query', 'HostedZone.Id');
    this.zoneId = String(zone).replace('/hostedzone/', '');
    const cdk = join(INFRA, 'node_modules/aws-cdk/bin/cdk');
    const { status, stderr } = await this.run(process.execPath, [
      cdk,
      'bootstrap',
      `aws://${this.id}/${REGION}`,
    ]);
    if (status !== 0) throw new Error(`cdk bootstrap: ${stderr}`);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** A configuration in which nothing but its placeholders is replaced. */
  own<C extends ConfigInput>(input: C): C {
    const text = JSON.stringify(input)
      .replaceAll('111122223333', this.id)
      .replaceAll('example.com', DOMAIN)
      .replaceAll('Z0000000000EXAMPLE', this.zoneId)
      // Of a network for benchmarks: that of the examples is refused.
      .replaceAll('192.0.2.1/32', '198.18.0.1/32');
    return JSON.parse(text) as C;
  }

  /** `npm run infra -- VERB CONFIGURATION OPTIONS`, which nobody is there to answer questions of. */
  infra(verb: string, config: ConfigInput, ...options: string[]): Promise<Ended> {
    const file = join(this.folder, `${config.name}.ts`);
    writeFileSync(file, `export default ${JSON.stringify(config)};\n`);
    return this.run(process.execPath, [join(INFRA, 'bin/infra.ts'), verb, file, ...options]);
  }

  deploy(config: ConfigInput): Promise<Ended> {
    return this.infra('deploy', config, '--skip-doctor', '--require-approval=never');
  }

  /** @returns what the command line of AWS answers, parsed */
  async aws(...args: string[]): Promise<unknown> {
    const { status, stdout, stderr } = await this.run('aws', [
      ...args,
      // The variable is not enough for RDS and SQS.
      `--endpoint-url=${ENDPOINT}`,
      '--output=json',
    ]);
    if (status !== 0) throw new Error(`aws ${args.join(' ')}: ${stderr}`);
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  /** What is in the account beside what `cdk bootstrap` has made: names, by kind; kinds of which there is nothing are left out. */
  async inventory(): Promise<Record<string, string[]>> {
    const lists = Object.entries(LISTS).map(async ([kind, [service = '', operation = '', query = '']]) => {
      const names = (await this.aws(service, operation, '--query', query)) as string[] | null;
      return [kind, (names ?? []).filter((name) => !OF_BOOTSTRAP.test(name))] as const;
    });
    return Object.fromEntries((await Promise.all(lists)).filter(([, names]) => names.length > 0));
  }

  /** The resources of a deployed stack, with every intrinsic function resolved. */
  resolved(stackName: string): Record<string, { Type: string; Properties?: Record<string, unknown> }> {
    const file = join(RESOLVED ?? '', `${stackName}.resolved.json`);
    return (JSON.parse(readFileSync(file, 'utf8')) as { Resources: ReturnType<EmulatedAccount['resolved']> })
      .Resources;
  }

  private run(program: string, args: string[]): Promise<Ended> {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        NODE_NO_WARNINGS: '1',
        AWS_ENDPOINT_URL: ENDPOINT,
        AWS_ACCESS_KEY_ID: this.id,
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: REGION,
        AWS_DEFAULT_REGION: REGION,
        AWS_PAGER: '',
      },
    });
    return new Promise((resolve, reject) => {
      const ended: Ended = { status: null, stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
      child.once('error', reject);
      child.once('close', (status) => {
        resolve({ ...ended, status });
      });
    });
  }
}
