import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { hasKubectl, K8S, type Manifest, podTemplateOf } from './support/kustomize.ts';

const ROOT = join(K8S, '..');
const FIXTURE = join(K8S, 'test/course-manifests');
const PAGE = readFileSync(join(ROOT, 'docs/learn/course-manifests.md'), 'utf8');
const COMPATIBILITY = readFileSync(join(ROOT, 'docs/compatibility.md'), 'utf8');

/** Our images in the course's Deployments, by the service's folder. */
const SERVICES = ['user-management', 'notification'];

interface Container {
  image: string;
  command?: string[];
  env?: { name: string; value?: string }[];
  livenessProbe?: Manifest['spec'];
  readinessProbe?: Manifest['spec'];
}

/** The files that the chapter writes, in its order; a path that comes again is continued. */
const files = [...PAGE.matchAll(/^cat >>?\/tmp\/learn-course\/(\S+) <<EOF\n([\s\S]*?\n)EOF$/gm)].map(
  ([, path = '', text = '']) => ({ path, text: text.replaceAll('\\$', '$') }),
);

(hasKubectl ? describe : describe.skip)("the course's manifests", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    cpSync(FIXTURE, join(folder, 'course/kube-manifests'), { recursive: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What Kustomize makes of a folder of the chapter's, after its first files were written. */
  const build = (name: string, count = files.length): Manifest[] => {
    rmSync(join(folder, 'course/kustomization.yaml'), { force: true });
    for (const { path, text } of files.slice(0, count)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { flag: path === 'course/kustomization.yaml' ? 'a' : 'w' });
    }
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(folder, name)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return loadAll(stdout) as Manifest[];
  };
  const containersOf = (manifests: readonly Manifest[], service: string): Container[] =>
    manifests
      .map((manifest) => podTemplateOf(manifest))
      .flatMap((template) => [...(template?.spec.initContainers ?? []), ...(template?.spec.containers ?? [])])
      .filter(({ image }: Container) => image.startsWith(`usermgmt/${service}:`)) as Container[];
  const run = ({ command = ['node', 'dist/main.js'], env = [] }: Container, service: string) =>
    spawnSync(process.execPath, command.slice(1), {
      cwd: join(ROOT, 'services', service),
      encoding: 'utf8',
      env: {
        NODE_ENV: 'production',
        ...Object.fromEntries(env.map(({ name, value = 'from a Secret' }) => [name, value])),
      },
    });

  it.each(SERVICES)('with other images only lack AUTH_MODE: %s', (service) => {
    const [container] = containersOf(build('course', 1), service);
    const { status, stdout, stderr } = run(container!, service);
    expect(`${stdout}${stderr}`).toMatch(
      /^wrong configuration:\n {2}AUTH_MODE: must be set when NODE_ENV is production\nRun with --help/,
    );
    expect(status).toBe(78);
  });

  it.each(SERVICES)('set variables that the README has: %s', (service) => {
    const readme = readFileSync(join(ROOT, 'services', service, 'README.md'), 'utf8');
    const names = containersOf(build('course'), service).flatMap(({ env = [] }) =>
      env.map(({ name }) => name),
    );
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !readme.includes(`| \`${name}\` `))).toEqual([]);
  });

  it.each(['course', 'laptop'])('ask nothing of a shell in our images after the changes: %s', (name) => {
    const ours = SERVICES.flatMap((service) => containersOf(build(name), service));
    expect(ours).toHaveLength(3);
    for (const { command = [], livenessProbe, readinessProbe } of ours) {
      expect([[], ['node', 'dist/migrate.js']]).toContainEqual(command);
      expect([livenessProbe?.exec, readinessProbe?.exec]).toEqual([undefined, undefined]);
    }
  });

  it('keep every object and value besides the changes', () => {
    const before = build('course', 1);
    const after = build('course');
    expect(after.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(
      before.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    );
    const changed = before.filter(
      (manifest, index) => JSON.stringify(manifest) !== JSON.stringify(after[index]),
    );
    expect(changed.map(({ metadata }) => metadata.name)).toEqual([
      'usermgmt-microservice',
      'v1-notification-microservice',
    ]);
  });

  it('are changed as docs/compatibility.md says', () => {
    const section = COMPATIBILITY.split(/^## /m).find((text) =>
      text.startsWith("Take the course's manifests as they are"),
    );
    const added = [
      'AUTH_MODE=none',
      'AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING=true',
      'AWS_MAIL_SERVER_TLS_SERVERNAME',
      'node dist/migrate.js',
      'tcpSocket',
      'mysql:8.4',
    ];
    expect(added.filter((text) => !section?.includes(text))).toEqual([]);
    expect(section).toContain('learn/course-manifests.md');
  });
});
