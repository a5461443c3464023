import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The cluster of the current context, as the pipeline and as somebody who may do everything. */
export class TestCluster {
  readonly namespace: string;
  private readonly kubectlPath: string;
  private readonly kubeconfig: string;

  constructor(namespace: string) {
    this.namespace = namespace;
    this.kubectlPath = execFileSync('which', ['kubectl'], { encoding: 'utf8' }).trim();
    this.kubeconfig = process.env.KUBECONFIG ?? join(process.env.HOME ?? '', '.kube/config');
  }

  /** Runs kubectl with all rights. @returns what it printed */
  kubectl(words: readonly string[], input = ''): string {
    return execFileSync(this.kubectlPath, ['--kubeconfig', this.kubeconfig, ...words], {
      encoding: 'utf8',
      input,
    });
  }

  /** The pods, the events and the last log lines of each container, to explain a failure. Never throws. */
  report(): string {
    const commands = [
      ['get', 'pods', '--output', 'wide'],
      ['get', 'events', '--sort-by', '.lastTimestamp'],
      // A selector that all pods match.
      // prettier-ignore
      ['logs', '--selector', '!none', '--all-containers', '--ignore-errors', '--prefix', '--tail', '20', '--max-log-requests', '50'],
    ];
    return commands.map((words) => this.tryToRun(['--namespace', this.namespace, ...words])).join('\n');
  }

  /** Runs kubectl. @returns the command, what it printed, and its errors */
  private tryToRun(words: readonly string[]): string {
    const { stdout, stderr } = spawnSync(this.kubectlPath, ['--kubeconfig', this.kubeconfig, ...words], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return `$ kubectl ${words.join(' ')}\n${stdout}${stderr}`;
  }

  /** Applies objects, given as JSON. */
  apply(...objects: object[]): void {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    this.kubectl(['apply', '-f', '-'], JSON.stringify(list));
  }

  /**
   * Puts a `kubectl` into a folder that goes to this cluster, as somebody of a group: what EKS makes of the role of a
   * deployment. `aws eks update-kubeconfig` has written an address that moto has made up.
   */
  writeKubectl(folder: string, group: string): void {
    const file = join(folder, 'kubectl');
    writeFileSync(
      file,
      `#!/bin/sh\nexec '${this.kubectlPath}' --kubeconfig '${this.kubeconfig}' --as pipeline --as-group '${group}' "$@"\n`,
    );
    chmodSync(file, 0o755);
  }
}
