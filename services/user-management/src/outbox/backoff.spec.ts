import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from './backoff.js';

describe('backoffMs', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [9, 256_000],
    [10, 300_000],
    [1_000, 300_000],
  ])('after attempt %d: at most %d ms', (attempts, most) => {
    expect(backoffMs(attempts, () => 1)).toBe(most);
  });

  it('may be anything from nothing up to the bound', () => {
    expect(backoffMs(5, () => 0)).toBe(0);
    expect(backoffMs(5, () => 0.5)).toBe(8_000);
    const waits = Array.from({ length: 1_000 }, () => backoffMs(10));
    expect(Math.min(...waits)).toBeLessThan(30_000);
    expect(Math.max(...waits)).toBeGreaterThan(270_000);
  });

  it('is a whole number within the bounds for any attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (attempts) => {
        const wait = backoffMs(attempts);
        return Number.isInteger(wait) && wait >= 0 && wait <= 300_000;
      }),
    );
  });
});
