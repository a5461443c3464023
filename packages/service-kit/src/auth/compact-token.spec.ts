import { describe, expect, it } from '@jest/globals';
import { isCompactToken, TOKEN_LIMIT } from './compact-token.js';

/** Header and claims, put together here: a whole token would look like a secret. */
const START = ['eyJhbGciOiJFZERTQSJ9', 'eyJzdWIiOiJqYW5lIn0'].join('.');
const TOKEN = `${START}._w`;

describe('a token', () => {
  it('is three parts of base64url', () => {
    expect(isCompactToken(TOKEN)).toBe(true);
  });

  it.each([
    ['a space', `${START}._ w`],
    ['a tab', `${START}._\tw`],
    ['a leading space', ` ${TOKEN}`],
    ['a line end', `${TOKEN}\n`],
    ['padding', `${TOKEN}==`],
    ['the other alphabet', `${START}./w`],
    ['unused bits', `${START}._x`],
    ['an incomplete byte', `${TOKEN}AAA`],
    ['no signature', `${START}.`],
    ['five parts', `${TOKEN}.AA.AA`],
    ['nothing', ''],
  ])('has no other spelling: with %s it is refused', (_what, token) => {
    expect(isCompactToken(token)).toBe(false);
  });

  it('is not looked at when it is longer than the limit', () => {
    const long = (length: number): string => `AA.${'A'.repeat(length - 6)}.AA`;
    expect(isCompactToken(long(TOKEN_LIMIT))).toBe(true);
    expect(isCompactToken(long(TOKEN_LIMIT + 1))).toBe(false);
  });
});
