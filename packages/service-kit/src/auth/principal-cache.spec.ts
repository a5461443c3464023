import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Principal } from './principal.js';
import { PrincipalCache } from './principal-cache.js';

const jane: Principal = { kind: 'user', subject: 'jane', roles: [] };

describe('PrincipalCache', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('keeps a principal for a minute, and not beyond the end of its token', () => {
    const cache = new PrincipalCache();
    cache.set('long', jane, 3_600_000);
    cache.set('short', jane, 10_000);
    jest.setSystemTime(9_999);
    expect([cache.get('long'), cache.get('short')]).toEqual([jane, jane]);
    jest.setSystemTime(10_000);
    expect([cache.get('long'), cache.get('short')]).toEqual([jane, undefined]);
    jest.setSystemTime(60_000);
    expect(cache.get('long')).toBeUndefined();
  });

  it('holds ten thousand and forgets the oldest', () => {
    const cache = new PrincipalCache();
    for (let index = 0; index <= 10_000; index += 1) cache.set(`token-${index}`, jane, 60_000);
    expect([cache.get('token-0'), cache.get('token-1'), cache.get('token-10000')]).toEqual([
      undefined,
      jane,
      jane,
    ]);
  });

  it('holds 16 MiB of tokens and forgets the oldest', () => {
    const cache = new PrincipalCache();
    const long = (index: number): string => `${index}-`.padEnd(8_192, 'x');
    for (let index = 0; index <= 2_048; index += 1) cache.set(long(index), jane, 60_000);
    expect([cache.get(long(0)), cache.get(long(1)), cache.get(long(2_048))]).toEqual([undefined, jane, jane]);
  });

  it('counts a token once that is set again', () => {
    const cache = new PrincipalCache();
    cache.set('first', jane, 60_000);
    for (let index = 0; index < 5_000; index += 1) cache.set('x'.repeat(8_192), jane, 60_000);
    expect(cache.get('first')).toEqual(jane);
  });
});
