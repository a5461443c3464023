import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { waitFor } from '../wait.ts';

/** Whether the command line of AWS and its emulator moto are installed: pip install -r infra/requirements.txt */
export const hasAws = ['aws', 'moto_server'].every(
  (program) => spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined,
);

/** What AWS answers, without AWS: the emulator moto, on a port of its own. */
export class EmulatedAws {
  /** For `aws` and everything that calls it. */
  readonly environment: Record<string, string>;
  private readonly folder: string;
  private readonly server: ChildProcess;

  private constructor(folder: string, port: number, server: ChildProcess) {
    this.folder = folder;
    this.server = server;
    this.environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
    };
  }

  /**
   * @param folder for its files
   * @param account of twelve digits
   */
  static async start(folder: string, account = '123456789012'): Promise<EmulatedAws> {
    const port = await freePort();
    const server = spawn('moto_server', ['--host', '127.0.0.1', '--port', String(port)], {
      stdio: 'ignore',
      env: { ...process.env, MOTO_ACCOUNT_ID: account },
    });
    await waitFor('moto', async () => (await fetch(`http://127.0.0.1:${port}/moto-api/`)).ok);
    return new EmulatedAws(folder, port, server);
  }

  /** Runs `aws`. @returns what it printed */
  aws(...words: string[]): string {
    return execFileSync('aws', words, { encoding: 'utf8', env: { ...process.env, ...this.environment } });
  }

  /** Makes a stack that has these outputs and nothing else to speak of. */
  makeStack(name: string, outputs: Readonly<Record<string, string>>, region = 'us-east-1'): void {
    const template = {
      Resources: { Nothing: { Type: 'AWS::SNS::Topic' } },
      Outputs: Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }])),
    };
    const file = join(this.folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(template));
    // prettier-ignore
    this.aws('cloudformation', 'create-stack', '--region', region, '--stack-name', name, '--template-body', `file://${file}`);
  }

  /** Makes an EKS cluster that can be described, and is not there. */
  makeCluster(name: string): void {
    const role = 'arn:aws:iam::123456789012:role/cluster';
    // prettier-ignore
    this.aws('eks', 'create-cluster', '--name', name, '--role-arn', role, '--resources-vpc-config', 'subnetIds=subnet-1');
  }

  async stop(): Promise<void> {
    this.server.kill();
    await new Promise((resolve) => this.server.once('close', resolve));
  }
}
