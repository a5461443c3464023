import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';

/** The folder k8s. */
export const K8S = fileURLToPath(new URL('../../', import.meta.url));

/** An object of Kubernetes. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // What is in it depends on its kind; a test that reads it wrongly fails.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [field: string]: any;
}

/** Whether kubectl is installed. */
export const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

if (!hasKubectl) process.stderr.write('!!! SKIPPED: what Kustomize builds: kubectl is not installed\n');

const built = new Map<string, Manifest[]>();

/**
 * What `kubectl kustomize` makes of a folder; the second time from memory.
 *
 * @param folder an absolute path, or one below k8s
 * @throws Error with what kubectl wrote
 */
export function build(folder: string): Manifest[] {
  const known = built.get(folder);
  if (known) return known;
  const env = {
    ...process.env,
    DB_PASSWORD: 'from-the-environment',
    DB_ROOT_PASSWORD: 'from-the-environment',
  };
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], {
    cwd: K8S,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`kubectl kustomize ${folder}: ${stderr}`);
  const manifests = loadAll(stdout) as Manifest[];
  built.set(folder, manifests);
  return manifests;
}

/** The names of the folders in k8s/overlays, or in another folder of k8s. */
export const foldersIn = (folder: string): string[] =>
  readdirSync(`${K8S}${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** The text of a file below k8s. */
export const read = (path: string): string => readFileSync(`${K8S}${path}`, 'utf8');

/** The pod template of a workload, or nothing for other objects. */
export function podTemplateOf({ kind, spec }: Manifest): Manifest['spec'] {
  if (kind === 'Pod') return { spec };
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind) ? spec.template : undefined;
}
