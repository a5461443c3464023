import { expect, it } from '@jest/globals';
import { opaqueString } from './opaque-string.js';

it.each([
  ['Pass@123', 'Pass@123', 'ASCII'],
  ['pa\u0308ss', 'p\u00e4ss', 'decomposed'],
  ['p\u00e4ss', 'p\u00e4ss', 'composed'],
  ['a\u00a0b\u1680c\u3000d', 'a b c d', 'other spaces'],
  ['\u00d1AME', '\u00d1AME', 'case'],
  ['\uff30\ufb01', '\uff30\ufb01', 'width and ligatures'],
  ['a\tb', 'a\tb', 'control characters'],
])('spells %j as %j: %s', (given, spelled) => {
  expect(opaqueString(given)).toBe(spelled);
  expect(opaqueString(spelled)).toBe(spelled);
});
