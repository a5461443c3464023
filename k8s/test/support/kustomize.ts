import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import type { Build, Combination } from './combinations.ts';
import { EXAMPLE_SETTINGS } from './example-settings.ts';

/** The folder k8s. */
export const K8S = fileURLToPath(new URL('../../', import.meta.url));

/** An object of Kubernetes. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    uid?: string;
    deletionTimestamp?: string;
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

/** The names of the folders in a folder of k8s. */
export const foldersIn = (folder: string): string[] =>
  readdirSync(join(K8S, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** The text of a file below k8s. */
export const read = (path: string): string => readFileSync(join(K8S, path), 'utf8');

/** The names of the settings in an overlay's file. */
export const settingNames = (text: string): string[] =>
  [...text.matchAll(/^([A-Z][A-Z0-9_]*)(?:=.*)?$/gm)].map(([, name = '']) => name);

/** A copy of k8s in which every setting has a value, and where combinations can be tried. Each is built once. */
export class Kustomize {
  private readonly folder = mkdtempSync(join(tmpdir(), 'usermgmt-k8s-test-'));
  private readonly built = new Map<string, Manifest[]>();
  private readonly settings: Readonly<Record<string, string>>;

  /** @param settings a value for each that an overlay asks for */
  constructor(settings = EXAMPLE_SETTINGS) {
    this.settings = settings;
    for (const part of ['base', 'components', 'overlays', 'settings']) {
      cpSync(join(K8S, part), join(this.folder, part), { recursive: true });
    }
    for (const overlay of foldersIn('overlays')) {
      const names = settingNames(read(`overlays/${overlay}/settings.env`));
      this.writeSettings(`overlays/${overlay}`, names);
    }
  }

  /** What is built of an overlay, or of components on the base. @throws Error with what kubectl wrote */
  make({ name, combination }: Build): Manifest[] {
    let manifests = this.built.get(name);
    if (manifests === undefined) {
      manifests = this.build(combination === undefined ? name : this.write(name, combination));
      this.built.set(name, manifests);
    }
    return manifests;
  }

  /**
   * What is built of a kustomization around an overlay.
   *
   * @param fields what it has besides the overlay: `{ namespace: 'team-a' }`
   * @throws Error with what kubectl wrote
   */
  around(overlay: string, fields: Readonly<Record<string, string>>): Manifest[] {
    const path = `around/${overlay}`;
    mkdirSync(join(this.folder, path), { recursive: true });
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [`../../overlays/${overlay}`],
      ...fields,
    };
    writeFileSync(join(this.folder, path, 'kustomization.yaml'), JSON.stringify(kustomization));
    return this.build(path);
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private build(path: string): Manifest[] {
    const options = { cwd: this.folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', path], options);
    if (status !== 0) throw new Error(`kubectl kustomize ${path}: ${stderr}`);
    return loadAll(stdout) as Manifest[];
  }

  /** Writes an overlay of these components. @returns its path */
  private write(name: string, { components, settings }: Combination): string {
    const path = `combinations/${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;
    mkdirSync(join(this.folder, path), { recursive: true });
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['../../base'],
      components: components.map((component) => `../../components/${component}`),
      configMapGenerator: [
        {
          name: 'settings',
          envs: ['settings.env'],
          options: { annotations: { 'config.kubernetes.io/local-config': 'true' } },
        },
      ],
      transformers: settings.map((topic) => `../../settings/${topic}`),
    };
    // JSON is YAML.
    writeFileSync(join(this.folder, path, 'kustomization.yaml'), JSON.stringify(kustomization));
    this.writeSettings(path, Object.keys(EXAMPLE_SETTINGS));
    return path;
  }

  private writeSettings(path: string, names: readonly string[]): void {
    const lines = names.map((name) => `${name}=${this.settings[name] ?? `<no example of ${name}>`}\n`);
    writeFileSync(join(this.folder, path, 'settings.env'), lines.join(''));
  }
}

/** The pod template of a workload, or nothing for other objects. */
export function podTemplateOf({ kind, metadata, spec }: Manifest): Manifest['spec'] {
  if (kind === 'Pod') return { metadata, spec };
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind) ? spec.template : undefined;
}

/** How an object is called in a message. */
export const nameOf = ({ kind, metadata: { name, namespace } }: Manifest): string =>
  namespace === undefined ? `${kind}/${name}` : `${namespace}/${kind}/${name}`;
