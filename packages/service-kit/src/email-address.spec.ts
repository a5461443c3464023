import { describe, expect, it } from '@jest/globals';
import { emailAddress, isEmailAddress } from './email-address.js';

const label = (length: number): string => 'a'.repeat(length);

describe('isEmailAddress', () => {
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
    expect(isEmailAddress(address)).toBe(true);
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
    'a@bücher.example',
    'a@example.com,b@example.com',
    `${label(65)}@example.com`,
    `a@${label(64)}.com`,
    `${label(64)}@${label(63)}.${label(63)}.${label(62)}`,
  ])('refuses %j', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it('takes no more time for a hostile text than its length calls for', () => {
    const hostile = [
      'a.'.repeat(50_000),
      `${'a'.repeat(100_000)}@`,
      `a@${'a-'.repeat(50_000)}`,
      `a@${'a.'.repeat(50_000)}`,
      `a@${'a.'.repeat(120)}!`,
    ];
    const start = performance.now();
    for (const text of hostile) expect(isEmailAddress(text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('emailAddress', () => {
  it('keeps the spelling', () => {
    expect(emailAddress.parse('Jane@Example.COM')).toBe('Jane@Example.COM');
  });

  it('says what is wrong without the value', () => {
    const { error } = emailAddress.safeParse('secret@');
    expect(error?.issues.map(({ message }) => message)).toEqual(['must be an e-mail address']);
    expect(JSON.stringify(error?.issues.map(({ message }) => message))).not.toContain('secret');
  });
});
