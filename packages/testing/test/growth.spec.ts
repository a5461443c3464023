import { describe, expect, it } from '@jest/globals';
import { growthOf, MOST_GROWTH, workOf } from '@usermgmt/testing/growth/work';

/** Keeps the event loop busy: `steps` times the same little work. */
function work(steps: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < steps * 1_000; i += 1) sum = (sum * 31 + i) % 1_000_003;
  return Promise.resolve(sum);
}

const SIZE = 200;
const growth = (stepsOf: (size: number) => number) =>
  growthOf((share) => workOf(() => work(stepsOf(SIZE * share))));

describe('growthOf', () => {
  it('finds work that grows with the square of the size', async () => {
    const { ratio } = await growth((size) => size ** 2 / 2);
    expect(ratio).toBeGreaterThan(MOST_GROWTH);
  });

  it('lets work pass that grows with the size', async () => {
    const { ratio } = await growth((size) => size * 100);
    expect(ratio).toBeLessThan(MOST_GROWTH);
  });

  it('does not judge work that does no harm', async () => {
    expect((await growth((size) => size ** 2 / 1_000_000)).ratio).toBeUndefined();
  });
});
