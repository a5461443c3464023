import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** What our compose files hold that older versions refuse or ignore, and the first versions that know it. */
const SINCE = [
  // API 1.44: docker/compose#10939 and #11360.
  { file: 'docker-compose.yml', text: 'start_interval:', engine: [25, 0], compose: [2, 24, 1] },
  // https://docs.docker.com/reference/compose-file/merge/#replace-value
  { file: 'packages/testing/compose.mysql.yml', text: '!override', engine: [], compose: [2, 24, 4] },
];

describe('the versions of Docker in README.md', () => {
  const [, engine = '', compose = ''] =
    /Docker Engine ([\d.]+) or newer and Docker Compose ([\d.]+) or newer/.exec(read('README.md')) ?? [];
  const isAtLeast = (version: string, needed: number[]): boolean => {
    const parts = version.split('.').map(Number);
    const index = needed.findIndex((number, at) => number !== parts[at]);
    return index === -1 || (parts[index] ?? 0) > (needed[index] ?? 0);
  };

  it.each(SINCE)('are new enough for $text in $file', (needed) => {
    expect(read(needed.file)).toContain(needed.text);
    expect([engine, isAtLeast(engine, needed.engine)]).toEqual([engine, true]);
    expect([compose, isAtLeast(compose, needed.compose)]).toEqual([compose, true]);
  });
});
