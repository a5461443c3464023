import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/security.md', ROOT), 'utf8');

/** How docs/security.md shortens folders; the first that fits counts. */
const FOLDERS: readonly (readonly [begins: string, folder: string])[] = [
  ['src/', 'services/user-management/src/'],
  ['notification/', 'services/notification/test/'],
  ['kit/', 'packages/service-kit/src/'],
  ['system/', 'packages/testing/'],
  ...['k8s/', 'infra/', 'pipeline/', 'packages/', 'services/', 'renovate.json', 'package-lock.json'].map(
    (begins) => [begins, begins] as const,
  ),
  ['', 'services/user-management/test/'],
];

/** What the page refers to in code marks: a file, and perhaps a test in it. */
const REFERENCES = [...PAGE.matchAll(/(`+)(.+?)\1(?!`)/g)].flatMap(([, , text = '']) => {
  const [, path = '', name] =
    /^([\w./-]+(?:\.(?:ts|mjs|yaml|json)|\/Dockerfile))(?: › (.+))?$/.exec(text.trim()) ?? [];
  const [begins = '', folder = ''] = FOLDERS.find(([start]) => path.startsWith(start)) ?? [];
  return path === '' ? [] : [{ text, file: folder + path.slice(begins.length), name }];
});

describe('docs/security.md', () => {
  it('has a proof for most of what it says', () => {
    expect(REFERENCES.filter(({ name }) => name !== undefined).length).toBeGreaterThan(100);
  });

  it('names files and tests that are there', () => {
    const missing = REFERENCES.filter(({ file, name }) => {
      const url = new URL(file, ROOT);
      if (!existsSync(url)) return true;
      return name !== undefined && !readFileSync(url, 'utf8').includes(name);
    });
    expect(missing.map(({ text }) => text)).toEqual([]);
  });

  it('has something to say in each row of the table', () => {
    const rows = [...PAGE.matchAll(/^\| (\d+\.\d.*?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)];
    expect(rows.length).toBeGreaterThan(100);
    for (const [row, , , met = '', where = ''] of rows) {
      expect([row, met.trim()]).toEqual([row, expect.stringMatching(/^(yes|partly|\*\*no\*\*|n\/a)$/)]);
      expect([row, where.trim().length > 3]).toEqual([row, true]);
    }
  });
});
