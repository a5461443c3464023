import { describe, expect, it } from '@jest/globals';
import { growthOf, MOST_GROWTH, workOf } from '@usermgmt/testing/growth/work';
import { asciiAddress, emailAddress, emailAddressProblem } from './email-address.js';

const label = (length: number): string => 'a'.repeat(length);

const UNICODE: Readonly<Record<string, string>> = {
  'user@przykład.pl': 'user@xn--przykad-rjb.pl',
  'User@PRZYKŁAD.PL': 'User@xn--przykad-rjb.pl',
  'user@poczta.przykład.pl': 'user@poczta.xn--przykad-rjb.pl',
  'a@bücher.example': 'a@xn--bcher-kva.example',
  'a@bu\u0308cher.example': 'a@xn--bcher-kva.example',
  'a@faß.de': 'a@xn--fa-hia.de',
  'a@例え.jp': 'a@xn--r8jz45g.jp',
  'a@例え。jp': 'a@xn--r8jz45g.jp',
  'a@президент.рф': 'a@xn--d1abbgf6aiiy.xn--p1ai',
  'a@مثال.إختبار': 'a@xn--mgbh0fb.xn--kgbechtv',
  'a@ｅｘａｍｐｌｅ.ｃｏｍ': 'a@example.com',
};

describe('asciiAddress', () => {
  it.each(Object.entries(UNICODE))('sends to %s as %s', (address, ascii) => {
    expect(asciiAddress(address)).toBe(ascii);
  });

  it.each([
    'a@b.co',
    'Jane.Doe+tag@Mail.Example.com',
    "o'brien@example.ie",
    "!#$%&'*+/=?^_`{|}~-@example.com",
    'x@xn--bcher-kva.example',
    `${label(64)}@example.com`,
    `a@${label(63)}.com`,
    `${label(64)}@${label(63)}.${label(63)}.${label(61)}`,
  ])('takes %s', (address) => {
    expect(asciiAddress(address)).toBe(address);
  });

  it.each([
    '',
    'plain',
    '@example.com',
    'a@',
    'a@localhost',
    'a@@example.com',
    'a@b@example.com',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    'a@.example.com',
    'a@example..com',
    'a@example.com.',
    'a@-example.com',
    'a@example-.com',
    'a@exa_mple.com',
    'a b@example.com',
    ' a@example.com',
    'a@example.com ',
    'a@example.com\n',
    'a@example.com\r\nBcc: b@example.com',
    'a\u0000@example.com',
    'Jane <a@example.com>',
    '"a b"@example.com',
    'a@[127.0.0.1]',
    'jörg@example.com',
    'a@example.com,b@example.com',
    `${label(65)}@example.com`,
    `a@${label(64)}.com`,
    `${label(64)}@${label(63)}.${label(63)}.${label(62)}`,
  ])('refuses %j', (address) => {
    expect(asciiAddress(address)).toBeUndefined();
  });

  it.each([
    'a@１２７.０.０.１',
    'a@１２７.１',
    'a@0ｘ7f.ł.0x1',
    'a@ł.1',
    'a@[::1]ł.pl',
    'a@［::1］',
    'a@%C5%82.pl',
    'a@ł%2e.pl',
    'a@％61.com',
    'a@ł/x.pl',
    'a@a℀b.com',
    'a@ł?x.pl',
    'a@ł#x.pl',
    'a@ł:25.pl',
    'a@ł：25.pl',
    'a@ł\\x.pl',
    'a@ł_x.pl',
    'a@ł＿x.pl',
    'a@ł x.pl',
    'a@ł\tx.pl',
    'a@ł.pl\n',
    'a@ł\u0000.pl',
    'a@ł\u00a0x.pl',
    'a@ł\u2028.pl',
    'a@exam\u00adple.com',
    'a@exam\u200bple.com',
    'a@\u202eexample.com',
    'a@a\u200db.com',
    'a@\ud800.com',
    'a@ł\ufffd.pl',
    'a@xn--ł.pl',
    'a@-ł.pl',
    'a@ł-.pl',
    'a@ł',
    'a@ł.',
    'a@.ł.pl',
    'a@ł..pl',
    'a＠ł.pl',
    'a@b@ł.pl',
    'a@example.com,b@ł.pl',
    'Jane <a@ł.pl>',
    '.a@ł.pl',
    `a@${'ł'.repeat(60)}${'ż'.repeat(60)}.pl`,
    `a@${'łé'.repeat(30)}.${'łé'.repeat(30)}.${'łé'.repeat(30)}.${'łé'.repeat(30)}.pl`,
  ])('refuses the domain of %j', (address) => {
    expect(asciiAddress(address)).toBeUndefined();
    expect(emailAddressProblem(address)).toBe('must be an e-mail address');
  });

  it.each([
    'jörg@example.com',
    'jörg@bücher.example',
    'ａ@example.com',
    'a\u0301@example.com',
    'a\ud800@b.co',
  ])('refuses the local part of %j, and says why', (address) => {
    expect(asciiAddress(address)).toBeUndefined();
    expect(emailAddressProblem(address)).toMatch(/^must have ASCII characters only before the @/);
  });

  it('makes one form of each: that form stays as it is', () => {
    for (const ascii of Object.values(UNICODE)) expect(asciiAddress(ascii)).toBe(ascii);
  });

  it.each<[string, (size: number) => string, number?]>([
    ['many labels in front', (size) => 'a.'.repeat(size)],
    ['a long local part', (size) => `${'a'.repeat(size * 2)}@`],
    ['a label of hyphens', (size) => `a@${'a-'.repeat(size)}`],
    ['many labels', (size) => `a@${'a.'.repeat(size)}`],
    ['many labels and a wrong character', (size) => `a@${'a.'.repeat(size)}!`],
    ['as many as are looked at', (size) => `a@${'a.'.repeat(size)}!`, 120],
    ['a label that is not ASCII', (size) => `a@${'ł'.repeat(size)}`],
    ['combining marks', (size) => `a@a${'\u0301\u0316'.repeat(size / 2)}.pl`],
    ['many @', (size) => `${'ł@'.repeat(size)}ł.pl`],
    ['a letter that is eighteen', (size) => `a@${'ﷺ'.repeat(size)}.pl`, 200],
  ])('takes work that is linear in the length of a hostile text: %s', async (_what, text, most = 50_000) => {
    const { ratio = 0 } = await growthOf((share) => {
      const address = text(Math.ceil(most * share));
      return workOf(async () => {
        expect(asciiAddress(address)).toBeUndefined();
      });
    });
    expect(ratio).toBeLessThan(MOST_GROWTH);
  });
});

describe('emailAddress', () => {
  it('keeps the spelling, but for a domain that is not ASCII', () => {
    expect(emailAddress.parse('Jane@Example.COM')).toBe('Jane@Example.COM');
    expect(emailAddress.parse('Jane@Przykład.PL')).toBe('Jane@xn--przykad-rjb.pl');
  });

  it('says what is wrong without the value', () => {
    const { error } = emailAddress.safeParse('secret@');
    expect(error?.issues.map(({ message }) => message)).toEqual(['must be an e-mail address']);
    expect(JSON.stringify(error?.issues.map(({ message }) => message))).not.toContain('secret');
  });
});
