import { describe, expect, it } from '@jest/globals';
import { figuresOf, percentile } from './statistics.ts';

describe('percentile', () => {
  it.each<[number[], number, number | null]>([
    [[], 0.5, null],
    [[7], 0.5, 7],
    [[7], 0.95, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4, 5], 0.5, 3],
    [[30, 1, 20, 2, 10], 0.5, 10],
    [Array.from({ length: 100 }, (_, index) => index + 1), 0.95, 95],
    [Array.from({ length: 20 }, (_, index) => index + 1), 0.95, 19],
    [[1, 2, 3], 0, 1],
    [[1, 2, 3], 1, 3],
  ])('of %j at %d is %p', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe('figuresOf', () => {
  const call = { durationMs: 10, error: false, fault: false, throttle: false };

  it('counts a call with several flags once as failed', () => {
    const calls = [call, call, { ...call, fault: true }, { ...call, error: true, throttle: true }];
    expect(figuresOf(calls)).toEqual({
      calls: 4,
      errorRate: 0.25,
      faultRate: 0.25,
      throttleRate: 0.25,
      failedRate: 0.5,
      p50Ms: 10,
      p95Ms: 10,
    });
  });

  it('counts calls in progress without a duration', () => {
    expect(figuresOf([call, { ...call, durationMs: null }])).toMatchObject({ calls: 2, p95Ms: 10 });
    expect(figuresOf([{ ...call, durationMs: null }])).toMatchObject({ calls: 1, p50Ms: null });
  });

  it('has no rates of nothing', () => {
    expect(figuresOf([])).toMatchObject({ calls: 0, failedRate: 0, p50Ms: null });
  });
});
