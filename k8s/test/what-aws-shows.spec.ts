import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EXAMPLE_SETTINGS } from './support/example-settings.ts';
import { foldersIn, K8S, read } from './support/kustomize.ts';

const STATES = 'test/load-balancers/states';
const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five'];
const LEARN = join(K8S, '../docs/learn');

const section = /^## What AWS will show$([\s\S]*?)^## /m.exec(read('README.md'))![1]!;
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes(STATES))
  .map((line) => line.replaceAll(String.raw`\|`, '¦').split(' | '))
  .map(([first = '', ...cells]) => ({
    files: [...first.matchAll(/\(([^)]+)\)/g)].map(([, file = '']) => file),
    text: cells.join(' ').replaceAll('¦', '|'),
  }));
const isName = (word: string): boolean =>
  ['overlays', 'components'].some((folder) => foldersIn(folder).includes(word));
const withValues = (text: string): string =>
  text.replaceAll(/\b[A-Z][A-Z0-9]*_[A-Z_]+\b/g, (name) => EXAMPLE_SETTINGS[name]?.split(',')[0] ?? name);
const oneSpaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

describe('what AWS will show, in README.md', () => {
  it('has a row for every state of an overlay', () => {
    const linked = rows
      .flatMap(({ files }) => files)
      .filter((file) => file.startsWith(`${STATES}/overlays/`));
    expect(linked.sort()).toEqual(
      readdirSync(join(K8S, STATES, 'overlays')).map((file) => `${STATES}/overlays/${file}`),
    );
  });

  it.each(rows.flatMap(({ files, text }) => files.map((file) => ({ file, text }))))(
    'says of $file what is in it',
    ({ file, text }) => {
      const state = oneSpaced(read(file));
      const quoted = [...text.matchAll(/`([^`]+)`/g)].map(([, words = '']) => oneSpaced(withValues(words)));
      expect(quoted.filter((words) => !isName(words) && !state.includes(words))).toEqual([]);
    },
  );

  it.each(
    rows
      .filter(({ text }) => /\brules?\b/.test(text))
      .flatMap(({ files, text }) => files.map((file) => ({ file, text }))),
  )('counts the rules of a listener in $file', ({ file, text }) => {
    const listeners = read(file)
      .split(/^ {2}[A-Z]+:\d+/m)
      .slice(1);
    const counts = listeners.map((listener) => listener.match(/^ +\d+ {2}/gm)?.length ?? 0);
    for (const [, word = ''] of text.matchAll(/\b(no|one|two|three|four|five) rules?\b/g))
      expect(counts).toContain(COUNTS.indexOf(word));
  });
});

describe('the load balancers that documents show', () => {
  const states = readdirSync(join(K8S, STATES), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .map((file) => read(join(STATES, file)));
  const shown = readdirSync(LEARN)
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...readFileSync(join(LEARN, file), 'utf8').matchAll(/^```text\n((?:ALB|NLB) [\s\S]*?)^```$/gm)].map(
        ([, text = '']) => ({ file, text }),
      ),
    );

  it.each(shown)('in docs/learn/$file are those of a state', ({ text }) => {
    expect(states).toContain(text);
  });
});
