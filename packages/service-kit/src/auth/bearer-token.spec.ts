import { describe, expect, it } from '@jest/globals';
import { bearerToken } from './bearer-token.js';

describe('bearerToken', () => {
  it.each([
    ['Bearer a.b', 'a.b'],
    ['bearer a.b', 'a.b'],
    ['BEARER   a.b  ', 'a.b'],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearera.b', undefined],
    ['Bearer a.b c', undefined],
    ['Basic a.b', undefined],
    ['x Bearer a.b', undefined],
    ['a.b', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('finds in "authorization: %s": %s', (authorization, token) => {
    expect(bearerToken({ authorization }, 'authorization')).toBe(token);
  });

  it.each([
    ['a.b', 'a.b'],
    [' a.b ', 'a.b'],
    ['Bearer a.b', 'Bearer a.b'],
    ['  ', undefined],
    ['', undefined],
    [undefined, undefined],
    [['a.b', 'c.d'], undefined],
  ])('takes the whole of another header, %j: %s', (value, token) => {
    const headers = { authorization: 'Bearer x.y', 'x-token': value };
    expect(bearerToken(headers, 'x-token')).toBe(token);
  });
});
