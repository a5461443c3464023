import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../app-error.js';
import { BodyBudget } from './body-budget.js';

const KB = 1_024;

class TooMany extends Error {}

const budget = (): BodyBudget =>
  new BodyBudget({ perAddress: 64 * KB, inAll: 128 * KB, tooMany: () => new TooMany() });

describe('the budget of bodies under way', () => {
  it('is bounded per address, and what is given back can be taken again', () => {
    const bodies = budget();
    const giveBack = [1, 2, 3, 4].map(() => bodies.take('a', 16 * KB));
    expect(() => bodies.take('a', 1)).toThrow(TooMany);
    expect(() => bodies.take('b', 64 * KB)).not.toThrow();
    giveBack[0]?.();
    giveBack[0]?.();
    bodies.take('a', 16 * KB);
    expect(() => bodies.take('a', 16 * KB)).toThrow(TooMany);
  });

  it('is bounded in all', () => {
    const bodies = budget();
    for (const address of ['a', 'b']) bodies.take(address, 64 * KB);
    expect(() => bodies.take('c', 1)).toThrow(UnavailableError);
  });

  it('counts a small body as 16 kB', () => {
    const bodies = budget();
    for (let index = 0; index < 4; index += 1) bodies.take('a', 1);
    expect(() => bodies.take('a', 1)).toThrow(TooMany);
  });
});
