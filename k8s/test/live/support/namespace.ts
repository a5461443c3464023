import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnFailure } from '@usermgmt/testing/failure-report';
import { type Ended, kubectl, tryKubectl } from '../../support/cluster.ts';
import type { Manifest } from '../../support/kustomize.ts';
import { namespaceReport } from '../../support/namespace-report.ts';

/** Names of the tests' namespaces begin with it; tear-down.js deletes them. */
export const PREFIX = 'live-';

/** A command that runs, and what it has written so far. */
export interface Started {
  output: string;
  /** Its exit code. */
  ended: Promise<number>;
}

/** A namespace of the tests, in which commands run as they stand in the course and in docs: without naming it. */
export class Namespace {
  readonly name: string;
  /** The file by which kubectl and others find the cluster. */
  readonly kubeconfig: string;
  private readonly environment: NodeJS.ProcessEnv;

  /** @param name of the test or in the overlay; it need not exist yet */
  constructor(name: string) {
    this.name = `${PREFIX}${name}`;
    this.kubeconfig = join(mkdtempSync(join(tmpdir(), 'usermgmt-test-')), 'kubeconfig');
    writeFileSync(this.kubeconfig, kubectl(['config', 'view', '--raw', '--minify', '--flatten']), {
      mode: 0o600,
    });
    this.environment = { ...process.env, KUBECONFIG: this.kubeconfig };
    this.run(`kubectl config set-context --current --namespace ${this.name}`);
    // One of a run before may still be on its way out.
    const ending = '--ignore-not-found --output jsonpath={.metadata.deletionTimestamp}';
    if (this.run(`kubectl get namespace ${this.name} ${ending}`) !== '')
      this.run(`kubectl wait namespace/${this.name} --for=delete --timeout=120s`);
    describeOnFailure(`namespace ${this.name}`, () => namespaceReport(this.name, this.environment));
  }

  /** Runs a command line, whose words have no spaces in them. @param input for `-f -` */
  try(command: string, input?: string): Ended {
    return tryKubectl(wordsOf(command), input, this.environment);
  }

  /** Starts a command that goes on beside the test. */
  start(command: string): Started {
    const child = spawn('kubectl', wordsOf(command), { env: this.environment });
    const started: Started = { output: '', ended: once(child, 'close').then(([code]) => Number(code)) };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (started.output += text));
    }
    return started;
  }

  /** As {@link try}. @returns what it wrote @throws Error with that, if it failed */
  run(command: string, input?: string): string {
    const { code, output } = this.try(command, input);
    if (code !== 0) throw new Error(`${command}: ${output}`);
    return output;
  }

  /** Runs what a document tells people to type. @returns what it wrote to its standard output @throws if it fails */
  bash(commands: string): string {
    const words = ['-eo', 'pipefail', '-c', commands];
    return execFileSync('bash', words, { encoding: 'utf8', env: this.environment, maxBuffer: 2 ** 28 });
  }

  /** The objects that `kubectl get` finds. @param what `pods --selector app=mysql` */
  get(what: string): Manifest[] {
    return (JSON.parse(this.run(`kubectl get ${what} --output json`)) as { items: Manifest[] }).items;
  }

  /** Creates or changes objects. @throws Error with what kubectl wrote */
  apply(manifests: readonly Manifest[]): void {
    this.run('kubectl apply -f -', listOf(manifests));
  }

  /** Deletes it with all that is in it, and does not wait for the end of that: the next tests wait for the room. */
  delete(): void {
    this.run(`kubectl delete namespace ${this.name} --ignore-not-found --wait=false`);
  }

  /** As {@link apply}. @returns whether all could be */
  tryApply(manifests: readonly Manifest[]): boolean {
    return this.try('kubectl apply -f -', listOf(manifests)).code === 0;
  }
}

const listOf = (items: readonly Manifest[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

function wordsOf(command: string): string[] {
  const [program, ...words] = command.split(' ');
  if (program !== 'kubectl') throw new Error(`not a command of kubectl: ${command}`);
  return words;
}
