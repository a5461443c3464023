import { describe, expect, it } from '@jest/globals';
import { sendMailSchema } from './mail.schemas.js';

const mail = { subject: 'Hello', content: 'Text', toEmails: ['a@example.com'] };

/** `field: message` of each thing that is wrong. */
function problemsOf(body: unknown): string[] {
  const { error } = sendMailSchema.safeParse(body);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('sendMailSchema', () => {
  it.each([
    ['the least', mail],
    ['no cc and bcc', { ...mail, ccEmails: null, bccEmails: null }],
    ['any from', { ...mail, from: { a: [1] } }],
    ['fields that nobody knows', { ...mail, x: 1, constructor: 2, toString: 3 }],
    ['Unicode', { ...mail, subject: 'Grüße 👋 \u202e', content: 'שלום 👋' }],
    ['line ends and tabs in the content', { ...mail, content: 'a\r\nb\n\tc\r' }],
    ['a subject of 998 characters', { ...mail, subject: 's'.repeat(998) }],
    ['a malformed address, which is an error of its own', { ...mail, toEmails: ['nobody', ''] }],
  ])('takes %s', (_name, body) => {
    expect(problemsOf(body)).toEqual([]);
  });

  it('drops what it does not know', () => {
    expect(sendMailSchema.parse({ ...mail, x: 1 })).toEqual(mail);
  });

  it('names every missing field at once', () => {
    expect(problemsOf({})).toEqual(['subject: is required', 'content: is required', 'toEmails: is required']);
  });

  it.each([
    [{ subject: null }, 'subject: must be a string'],
    [{ subject: 5 }, 'subject: must be a string'],
    [{ subject: '' }, 'subject: must not be empty'],
    [{ subject: 's'.repeat(999) }, 'subject: must have at most 998 characters'],
    [{ subject: 'a\ud800b' }, 'subject: must be well-formed Unicode'],
    [{ content: '' }, 'content: must not be empty'],
    [{ content: ['x'] }, 'content: must be a string'],
    [{ content: 'a\u0000b' }, 'content: must not hold control characters but tab and line ends'],
    [{ content: '\udc00' }, 'content: must be well-formed Unicode'],
    [{ toEmails: null }, 'toEmails: must be a list of addresses'],
    [{ toEmails: 'a@example.com' }, 'toEmails: must be a list of addresses'],
    [{ toEmails: { 0: 'a@example.com' } }, 'toEmails: must be a list of addresses'],
    [{ ccEmails: 'a@example.com' }, 'ccEmails: must be a list of addresses'],
    [{ bccEmails: ['a@example.com', null] }, 'bccEmails.1: must be a string'],
    [{ toEmails: [['a@example.com']] }, 'toEmails.0: must be a string'],
  ])('refuses %j', (change, problem) => {
    expect(problemsOf({ ...mail, ...change })).toEqual([problem]);
  });

  it.each(['\r\nBcc: x@example.com', '\n', '\r', '\u0000', '\u0085', '\u2028', '\u2029', '\u007f', '\t'])(
    'refuses %j in the subject and in addresses, where it could start a header',
    (text) => {
      expect(problemsOf({ ...mail, subject: `a${text}b` })).toEqual([
        'subject: must not hold line ends or other control characters',
      ]);
      for (const list of ['toEmails', 'ccEmails', 'bccEmails']) {
        expect(problemsOf({ ...mail, [list]: [`a@example.com${text}`] })).toEqual([
          `${list}.0: must not hold control characters`,
        ]);
      }
    },
  );

  it.each(['toEmails', 'ccEmails', 'bccEmails'])(
    'names one thing that is wrong with 50,000 entries of %s',
    (list) => {
      expect(problemsOf({ ...mail, [list]: Array(50_000).fill(1) })).toEqual([
        `${list}: must have at most 1000 entries`,
      ]);
      expect(problemsOf({ ...mail, [list]: Array(1_000).fill('a@example.com') })).toEqual([]);
    },
  );

  it.each([undefined, null, [], 'text', 5, [mail]])('refuses %j as a body', (body) => {
    expect(problemsOf(body)).toHaveLength(1);
  });
});
