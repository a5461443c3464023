import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emailKey, USERNAME_KEY_MAX_LENGTH, usernameKey } from './user-key.js';

describe('usernameKey', () => {
  it.each([
    ['case', ['Jane', 'JANE', 'jane']],
    ['accents, composed or not', ['José', 'Jose\u0301', 'JOSÉ', 'Jose']],
    ['several accents', ['Việt', 'Vie\u0323\u0302t', 'viet']],
    ['ß', ['Straße', 'STRASSE', 'STRAẞE']],
    ['æ and œ', ['Æsop œuvre', 'AESOP OEUVRE']],
    ['ø, đ, ð, ħ, ł', ['Øđðħł', 'oddhl']],
    ['the final sigma', ['ΣΟΦΟΣ', 'σοφος', 'σοφοσ', 'Σοφός']],
    ['the Turkish dotted capital I', ['İnci', 'inci']],
    ['Hebrew final letters', ['שלום', 'שלומ']],
    ['the other Hebrew final letters', ['ךןףץ', 'כנפצ']],
    ['ґ and г', ['Ґанок', 'ганок']],
    ['width and ligatures', ['Ａｂｃ', 'abc']],
    ['what has no width', ['ja\u200bne', 'ja\u00adne', '\u2060jane', 'jane\ufe0f', 'jane']],
    ['vowel points', ['مُحَمَّد', 'محمد']],
  ])('does not distinguish %s', (_what, names) => {
    expect(new Set(names.map(usernameKey)).size).toBe(1);
  });

  it.each([
    ['й and и', ['Дмитрий', 'Дмитрии']],
    ['a hamza on its carrier', ['أحمد', 'احمد']],
    ['vowel signs of Indic scripts', ['कि', 'कु', 'क']],
    ['the dotless ı', ['ılık', 'ilik']],
    ['spaces and the accents that stand alone', ['o brien', 'o´brien', 'o¨brien', 'o¯brien', 'obrien']],
    ['punctuation', ['a.b', 'a-b', 'a_b', 'ab']],
    ['emoji', ['😀😀😀', '😁😁😁']],
    ['scripts', ['abc', 'авс']],
  ])('distinguishes %s', (_what, names) => {
    expect(new Set(names.map(usernameKey)).size).toBe(names.length);
  });

  it('sees decomposed й as й', () => {
    expect(usernameKey('и\u0306')).toBe(usernameKey('Й'));
  });

  it('is empty for a name that nobody can see', () => {
    expect(usernameKey('\u200b\u00ad\u0301')).toBe('');
  });

  it('never needs more room than the column has', () => {
    expect(usernameKey('\uFDFA'.repeat(20))).toHaveLength(360);
  });

  it.each([
    ['marks that Unicode orders in quadratic time', `a${'\u0301'.repeat(24_900)}${'\u0316'.repeat(24_900)}`],
    ['one more character than any key has', 'é'.repeat(USERNAME_KEY_MAX_LENGTH + 1)],
    ['a name that would grow beyond it', '\uFDFA'.repeat(255)],
  ])('returns %s as it is: no stored user has such a key', (_what, name) => {
    expect(usernameKey(name)).toBe(name);
    expect(usernameKey(`${name}x`)).not.toBe(usernameKey(`${name}y`));
  });

  it('makes the key of a name that the column just holds', () => {
    expect(usernameKey('É'.repeat(USERNAME_KEY_MAX_LENGTH))).toBe('e'.repeat(USERNAME_KEY_MAX_LENGTH));
  });

  // Letters with special rules come often, so that they meet.
  const special = Array.from('iIİıßẞΣςſΐᾳиИЙ ´΅ͺאשﬃǰ\u0308\u0306\u0301\u0345\u0653\u05c2\u200b\ud800');
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom(...special),
    }),
  );

  it('is its own key', () => {
    fc.assert(
      fc.property(names, (name) => usernameKey(usernameKey(name)) === usernameKey(name)),
      { numRuns: 2_000 },
    );
  });

  it('does not depend on the form of normalisation', () => {
    fc.assert(
      fc.property(names, fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'), (name, form) => {
        expect(usernameKey(name.normalize(form))).toBe(usernameKey(name));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('emailKey', () => {
  it('does not distinguish case and normalisation, but accents', () => {
    expect(emailKey('Jo\u0308e@EXAMPLE.com')).toBe(emailKey('jöe@example.com'));
    expect(emailKey('jöe@example.com')).not.toBe(emailKey('joe@example.com'));
  });

  it('is the same for the forms of a domain, also after a local part that none would take today', () => {
    for (const local of ['user', 'jörg']) {
      const key = emailKey(`${local}@xn--przykad-rjb.pl`);
      for (const domain of ['przykład.pl', 'PRZYKŁAD.PL', 'przykład。pl', 'XN--PRZYKAD-RJB.PL'])
        expect(emailKey(`${local}@${domain}`)).toBe(key);
    }
    expect(emailKey('Jane@\u202eX.example')).toBe('jane@\u202ex.example');
  });

  it('returns a text that is longer than any stored address as it is', () => {
    const long = `a${'\u0301'.repeat(24_900)}${'\u0316'.repeat(24_900)}`;
    expect(emailKey(long)).toBe(long);
  });

  it('makes the key of an address that the column just holds', () => {
    expect(emailKey('A'.repeat(768))).toBe('a'.repeat(768));
  });

  it.each(['İ', '𝅘𝅥𝅮'])('never needs more room than the column has: %s', (character) => {
    expect(Array.from(emailKey(character.repeat(255))).length).toBeLessThanOrEqual(768);
  });
});
