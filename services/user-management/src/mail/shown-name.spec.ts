import { describe, expect, it } from '@jest/globals';
import { shownNames } from './shown-name.js';

describe('shownNames', () => {
  it.each([
    'Jane',
    'Zoë',
    'Zoe\u0308',
    "O'Brien",
    'O’Brien',
    'Anna-Lena',
    'J. R.',
    'Sammy Davis Jr.',
    'Nguyễn Văn A',
    'Ōʻahu',
    'محمد',
    'अनिल कुमार',
    '山田太郎',
  ])('keeps the first name %s', (firstname) => {
    expect(shownNames({ firstname, username: 'x' }).firstname).toBe(firstname);
  });

  it.each([
    '',
    'https://evil.tld/x?y',
    'http://evil.tld',
    'www.evil.tld',
    'evil.tld',
    'evil。tld',
    'evil․tld',
    'evil．tld',
    'a@evil.tld',
    'mailto:a',
    'Call 0900123456',
    'Call ٠٩٠٠',
    '<b>Jane</b>',
    '{{username}}',
    '$100',
    'a\nb',
    'a\u2028b',
    'a\u202eb',
    'a\u200bb',
    ' Jane',
    'Jane ',
    'Jane  Doe',
    '\u0301Jane',
    'Jane!',
    'J.R',
    'evil .tld',
    'Jane..',
  ])('replaces %j as first name', (firstname) => {
    expect(shownNames({ firstname, username: 'x' }).firstname).toBe('new user');
  });

  it.each(['microtest1', 'jane_doe-2', "o'brien", 'Jörg Müller 3'])('keeps the user name %s', (username) => {
    expect(shownNames({ firstname: 'x', username }).username).toBe(username);
  });

  it.each([
    'evil.tld/x?y',
    'evil.tld',
    'www.a.bc',
    'a@b.co',
    '0900123456',
    'a:b',
    'a&b',
    'a\u202eb',
    '_x',
    'x_',
  ])('replaces the user name %j', (username) => {
    expect(shownNames({ firstname: 'x', username }).username).toBe('(name not shown)');
  });
});
