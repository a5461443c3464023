import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { foldersIn } from './support/kustomize.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const chapters = readdirSync(join(ROOT, 'docs/learn')).filter((file) => file.startsWith('aws-'));
const pages = [
  ...chapters.map((file) => `docs/learn/${file}`),
  'docs/learn/README.md',
  'docs/deploy-to-aws.md',
];

/** What the groups of a pattern find in a page. */
const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, one = '']) => one);

/** What nobody can run here, and can be wrong all the same. */
describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('has links to what is there', () => {
    const links = found(text, /\]\((?!https?:)([^)#]+)[^)]*\)/g);
    expect(links.filter((link) => !existsSync(join(ROOT, page, '..', link)))).toEqual([]);
  });

  it('names files that are there', () => {
    const names = found(
      text,
      /(?<![\w./-])((?:docs|infra|k8s|packages|pipeline|services)\/[\w./-]+\.(?:ts|mjs|sh|yaml|md))\b/g,
    );
    expect(names.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('names overlays that are there', () => {
    const names = found(text, /(?:k8s -- \w+|settings\.mjs) ([a-z][a-z-]*)/g);
    expect(names.filter((name) => !['learn', ...foldersIn('overlays')].includes(name))).toEqual([]);
  });

  it('takes the names of log groups that CloudFormation makes up from the outputs of their stack', () => {
    expect(found(text, /(\/aws\/codebuild\/\S+)/g)).toEqual([]);
    const tailed = found(text, /^aws logs tail (\S+)/gm);
    expect(tailed.filter((group) => !/^(\/aws\/containerinsights\/|"\$\(aws$)/.test(group))).toEqual([]);
  });

  it('has commands that a shell can read', () => {
    const blocks = found(text, /^```sh (?:aws|load-balancer)\n([\s\S]*?)^```$/gm).map((block) =>
      block.replaceAll(/<[^<>\n]+>/g, 'x'),
    );
    const wrong = blocks.filter((block) => spawnSync('bash', ['-n', '-c', block]).status !== 0);
    expect(wrong).toEqual([]);
  });
});

describe.each(chapters)('%s', (chapter) => {
  const text = readFileSync(join(ROOT, 'docs/learn', chapter), 'utf8');

  it('says what one will see, what CI has run, and how to clean up', () => {
    expect(text).toMatch(/^\*\*What you will see:\*\* /m);
    expect(found(text, /^## (What was run|Clean up)$/gm)).toEqual(['What was run', 'Clean up']);
  });
});
