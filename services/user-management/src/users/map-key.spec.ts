import { expect, it } from '@jest/globals';
import { mapKey } from './map-key.js';

it('makes one key of 22 characters for one text, however long it is', () => {
  for (const text of ['', 'jane', 'x'.repeat(100_000)]) {
    expect(mapKey(text)).toMatch(/^[\w-]{22}$/);
    expect(mapKey(text)).toBe(mapKey(text));
  }
});

it('makes different keys for different texts', () => {
  const texts = Array.from({ length: 1_000 }, (_, index) => `client ${index}`);
  expect(new Set(texts.map(mapKey)).size).toBe(texts.length);
});
