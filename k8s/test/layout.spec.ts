import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { load, loadAll } from 'js-yaml';
import { componentRows } from './support/components-table.ts';
import { EXAMPLE_SETTINGS } from './support/example-settings.ts';
import { foldersIn, K8S, read, settingNames } from './support/kustomize.ts';

interface Kustomization {
  components?: string[];
  transformers?: string[];
}

/** Every file of Kustomize, by its path in k8s. */
const files = ['base', 'components', 'overlays', 'settings'].flatMap((folder) =>
  readdirSync(join(K8S, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(yaml|env|sql)$/.test(entry.name))
    .map((entry) => relative(K8S, join(entry.parentPath, entry.name))),
);
const rows = componentRows();
const order = rows.map(({ name }) => name);
/** Components that only others use. */
const PARTS = ['mysql-server', 'notification-status', 'curl-pod', 'ip-targets'];

const kustomizations = (folder: string): { path: string; text: string; content: Kustomization }[] =>
  files
    .filter((path) => path.startsWith(`${folder}/`) && path.endsWith('/kustomization.yaml'))
    .map((path) => ({ path, text: read(path), content: load(read(path)) as Kustomization }));
const componentsOf = ({ components = [] }: Kustomization): string[] =>
  components.map((path) => basename(path));
/** All components of an overlay, those of its namespaces included. */
const allComponentsOf = (overlay: string): string[] =>
  kustomizations(`overlays/${overlay}`).flatMap(({ content }) => componentsOf(content));

describe('a kustomization', () => {
  it.each(kustomizations('overlays'))('$path has its components in the order of the table', ({ content }) => {
    const names = componentsOf(content);
    expect(names).toEqual(order.filter((name) => names.includes(name)));
  });

  it.each([...kustomizations('components'), ...kustomizations('overlays')])(
    '$path uses nothing that is deprecated or needs a plugin',
    ({ text }) => {
      expect(text).not.toMatch(/^(commonLabels|bases|vars|patchesStrategicMerge|patchesJson6902|helm\w*):/m);
      expect(text).not.toMatch(/https?:\/\/\S+\?ref=/);
    },
  );

  it.each(kustomizations('components').filter(({ path }) => path.split('/').length === 3))(
    '$path says first what it is',
    ({ text }) => {
      expect(text).toMatch(/^# \S.*\.$/m);
    },
  );
});

describe('the components', () => {
  it('have a row each in README.md, in which every word is one', () => {
    expect([...order].sort()).toEqual(foldersIn('components').filter((name) => !PARTS.includes(name)));
    for (const { needs, notWith, settings } of rows) {
      expect(order).toEqual(expect.arrayContaining([...needs.flat(), ...notWith]));
      expect(foldersIn('settings')).toEqual(expect.arrayContaining(settings));
    }
  });

  it.each(foldersIn('overlays'))('of %s go together, and have what they need', (overlay) => {
    for (const { content } of kustomizations(`overlays/${overlay}`)) {
      const names = componentsOf(content);
      const rivals = rows.filter(({ name }) => names.includes(name)).flatMap(({ notWith }) => notWith);
      expect(names.filter((name) => rivals.includes(name))).toEqual([]);
    }
    const all = allComponentsOf(overlay);
    const missing = rows
      .filter(({ name }) => all.includes(name))
      .flatMap(({ needs }) => needs)
      .filter((choices) => !choices.some((choice) => all.includes(choice)));
    expect(missing).toEqual([]);
  });

  it.each(['production', 'staging'])('let nobody into %s without a token', (overlay) => {
    const names = allComponentsOf(overlay);
    expect(names).toContain('auth-local');
    expect(names).not.toContain('auth-none');
  });

  it('for laptops are in no overlay that has an account', () => {
    const accounts = foldersIn('overlays').filter(hasAccount);
    expect(accounts).toContain('production');
    for (const overlay of accounts) {
      expect(allComponentsOf(overlay).filter((name) => /^local-|-development$/.test(name))).toEqual([]);
    }
  });

  it('of an overlay for laptops refuse requests from web pages of other origins', () => {
    const laptops = foldersIn('overlays').filter((overlay) => !hasAccount(overlay));
    expect(laptops).toContain('local');
    for (const overlay of laptops)
      expect([overlay, allComponentsOf(overlay)]).toEqual([
        overlay,
        expect.arrayContaining(['auth-development']),
      ]);
  });
});

/** Whether the settings of an overlay name something in an AWS account. */
function hasAccount(overlay: string): boolean {
  return read(`overlays/${overlay}/settings.env`).includes('.amazonaws.com');
}

describe('the settings', () => {
  const sourcesOf = (topic: string): string[] =>
    [...read(`settings/${topic}/replacements.yaml`).matchAll(/fieldPath: data\.([A-Z0-9_]+)/g)].map(
      ([, name = '']) => name,
    );

  it.each(foldersIn('overlays'))('of %s are what its components need, each with its line', (overlay) => {
    const text = read(`overlays/${overlay}/settings.env`);
    const { content } = kustomizations(`overlays/${overlay}`).find(
      ({ path }) => dirname(path) === `overlays/${overlay}`,
    )!;
    const topics = (content.transformers ?? []).map((path) => basename(path));
    const all = allComponentsOf(overlay);
    const needed = rows.filter(({ name }) => all.includes(name)).flatMap(({ settings }) => settings);
    expect(['images', 'cluster', ...needed]).toEqual(expect.arrayContaining(topics));

    const own = kustomizations(`overlays/${overlay}`)
      .flatMap(({ path }) => files.filter((file) => dirname(file) === dirname(path)))
      .flatMap((path) => [...read(path).matchAll(/fieldPath: data\.([A-Z0-9_]+)/g)])
      .map(([, name = '']) => name);
    const names = settingNames(text);
    expect([...names].sort()).toEqual([...new Set([...topics.flatMap(sourcesOf), ...own])].sort());
    for (const name of names) expect(text).toMatch(new RegExp(`^# .+\\.\\n${name}(=|$)`, 'm'));
  });

  it('have no password in a file, but those of a laptop', () => {
    const withPassword = foldersIn('overlays').filter((overlay) =>
      /^[A-Z_]*PASSWORD=/m.test(read(`overlays/${overlay}/settings.env`)),
    );
    expect(withPassword).toEqual(['canary', 'dev-namespaces', 'local']);
  });

  it('all have an example', () => {
    const names = foldersIn('settings').flatMap(sourcesOf);
    expect(Object.keys(EXAMPLE_SETTINGS)).toEqual(expect.arrayContaining(names));
  });
});

describe('the files', () => {
  /** What a file says, without what it calls it: comments, order of keys, the name of the object. */
  const said = (path: string): string[] =>
    loadAll(read(path)).map((document) => {
      const { metadata, ...rest } = document as { metadata?: object };
      return JSON.stringify(sorted({ ...rest, ...metadata }));
    });

  it('do not say the same thing twice', () => {
    const seen = new Map<string, string>();
    const twice: string[] = [];
    // A kustomization lists its neighbours: the same words mean other files.
    for (const path of files.filter((file) => /(?<!kustomization)\.yaml$/.test(file))) {
      for (const text of said(path)) {
        const other = seen.get(text);
        if (other) twice.push(`${path} = ${other}`);
        seen.set(text, path);
      }
    }
    expect(twice).toEqual([]);
  });

  it('hold no account and no certificate', () => {
    for (const path of files) expect(read(path)).not.toMatch(/\b\d{12}\b|arn:aws/);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}
