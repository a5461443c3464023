import { describe, expect, it } from '@jest/globals';
import { claimAt, textsOf } from './claims.js';

describe('claimAt', () => {
  const claims = {
    roles: ['a'],
    realm_access: { roles: ['b'] },
    'cognito:groups': ['c'],
    'https://example.com/roles': ['d'],
    'realm_access.x': ['e'],
    scope: 'a b',
    empty: null,
  };

  it.each([
    ['roles', ['a']],
    ['realm_access.roles', ['b']],
    ['cognito:groups', ['c']],
    ['https://example.com/roles', ['d']],
    ['realm_access.x', ['e']],
    ['realm_access.y', undefined],
    ['roles.length', 1],
    ['roles.0.x', undefined],
    ['scope.length', undefined],
    ['empty', null],
    ['empty.x', undefined],
    ['nothing', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ])('%s', (name, found) => {
    expect(claimAt(claims, name)).toEqual(found);
  });
});

describe('textsOf', () => {
  it.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a b', ['a', 'b']],
    ['a,b , c', ['a', 'b', 'c']],
    ['', []],
    [['a', 1, null, {}, ''], ['a']],
    [undefined, []],
    [{ a: true }, []],
    [17, []],
  ])('%j', (claim, texts) => {
    expect(textsOf(claim)).toEqual(texts);
  });
});
