import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from './token-bucket.js';

function bucketAt(rate: number): { bucket: TokenBucket; wait: (seconds: number) => void } {
  let now = 5_000;
  return {
    bucket: new TokenBucket(rate, () => now),
    wait: (seconds) => {
      now += seconds * 1_000;
    },
  };
}

describe('TokenBucket', () => {
  it('lets one second of the rate pass at once, and no more', () => {
    const { bucket } = bucketAt(3);
    expect([bucket.take(1), bucket.take(1), bucket.take(1)]).toEqual([0, 0, 0]);
    expect(bucket.take(1)).toBeCloseTo(1 / 3);
  });

  it('fills at the rate', () => {
    const { bucket, wait } = bucketAt(2);
    bucket.take(2);
    wait(0.4);
    expect(bucket.take(1)).toBeCloseTo(0.1);
    wait(0.1);
    expect(bucket.take(1)).toBe(0);
  });

  it('lets a mail to more than the rate pass, and then waits until the debt is paid', () => {
    const { bucket, wait } = bucketAt(14);
    expect(bucket.take(50)).toBe(0);
    expect(bucket.take(1)).toBeCloseTo(37 / 14);
    wait(37 / 14 - 0.01);
    expect(bucket.take(1)).toBeGreaterThan(0);
    wait(0.02);
    expect(bucket.take(1)).toBe(0);
  });

  it('takes nothing from who has to wait', () => {
    const { bucket, wait } = bucketAt(1);
    bucket.take(1);
    for (let i = 0; i < 10; i += 1) expect(bucket.take(50)).toBeCloseTo(1);
    wait(1);
    expect(bucket.take(1)).toBe(0);
  });

  it('saves no more than one second of the rate', () => {
    const { bucket, wait } = bucketAt(2);
    wait(3_600);
    expect([bucket.take(1), bucket.take(1)]).toEqual([0, 0]);
    expect(bucket.take(1)).toBeGreaterThan(0);
  });

  it('never waits without a limit', () => {
    const { bucket } = bucketAt(Infinity);
    for (let i = 0; i < 100; i += 1) expect(bucket.take(50)).toBe(0);
  });
});
