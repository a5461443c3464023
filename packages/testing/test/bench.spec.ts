import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeWithDocker } from '../src/docker.ts';

const ROOT = new URL('../../../', import.meta.url);
const USERS = ['floor', 'off', 'metrics', 'logs', 'traces', 'production', 'peer'];
const READING = [...USERS, 'floor-image'];
const SENDING = ['send-off', 'send-production'];

interface Sample {
  phase: string;
  variant: string;
  figures: Record<string, number>;
}

describeWithDocker('npm run bench -- --quick', () => {
  it('measures every variant in every phase, whatever the figures', async () => {
    const bench = new URL('packages/testing/bench/price/main.ts', ROOT).pathname;
    await promisify(execFile)(process.execPath, [bench, '--quick'], { cwd: ROOT });
    const { samples } = JSON.parse(readFileSync(new URL('test-results/bench.json', ROOT), 'utf8')) as {
      samples: Sample[];
    };
    const variantsOf = (phase: string): string[] =>
      samples.filter((sample) => sample.phase === phase).map(({ variant }) => variant);
    for (const phase of ['one', 'one-rated', 'page', 'page-rated']) {
      expect(new Set(variantsOf(phase))).toEqual(new Set(READING));
    }
    for (const phase of ['list', 'create', 'cheap'])
      expect(new Set(variantsOf(phase))).toEqual(new Set(USERS));
    expect(new Set(variantsOf('send'))).toEqual(new Set(SENDING));
    expect(new Set(variantsOf('start'))).toEqual(new Set([...READING, ...SENDING]));
    for (const { phase, figures } of samples) {
      const read = process.platform === 'linux' ? ['cpu', 'rss'] : [];
      const names = phase === 'start' ? ['start'] : ['rps', 'p50', 'p99', ...read];
      for (const name of names) expect(figures[name]).toBeGreaterThan(0);
    }
  }, 240_000);
});
