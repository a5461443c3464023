import { beforeEach, describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

let queue: FairQueue<string>;
beforeEach(() => {
  queue = new FairQueue();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(item[0]!, item);
});

const all = (): (string | undefined)[] => Array.from({ length: queue.size + 1 }, () => queue.take());

describe('a fair queue', () => {
  it('lets clients take turns, each with its oldest item', () => {
    expect(all()).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', undefined]);
    expect(queue.size).toBe(0);
  });

  it('lets a client that comes again wait for those that are there', () => {
    expect(queue.take()).toBe('a1');
    queue.add('d', 'd1');
    queue.add('b', 'b2');
    expect(all()).toEqual(['b1', 'c1', 'a2', 'd1', 'b2', 'c2', 'a3', undefined]);
  });

  it('removes an item once', () => {
    queue.remove('b', 'b1');
    queue.remove('b', 'b1');
    queue.remove('a', 'a2');
    expect(queue.size).toBe(4);
    expect(all()).toEqual(['a1', 'c1', 'a3', 'c2', undefined]);
  });

  it('makes room at the expense of a client that has at least two more', () => {
    expect(['a', 'b', 'c', 'd'].map((client) => queue.longerThan(client))).toEqual([
      undefined,
      'a',
      undefined,
      'a',
    ]);
    expect(queue.drop('a')).toBe('a3');
    expect(queue.longerThan('b')).toBeUndefined();
    expect(queue.size).toBe(5);
  });
});
