import { describe, expect, it } from '@jest/globals';
import { recipientsOf } from './recipients.js';

const people = (count: number, name = 'p'): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}@example.com`);

/** What `recipientsOf` throws for these lists. */
function errorOf(request: Parameters<typeof recipientsOf>[0]): unknown {
  try {
    recipientsOf(request);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('recipientsOf', () => {
  it('keeps each list in its order', () => {
    expect(
      recipientsOf({
        toEmails: ['b@example.com', 'a@example.com'],
        ccEmails: ['c@example.com'],
        bccEmails: ['d@example.com'],
      }),
    ).toEqual({
      to: ['b@example.com', 'a@example.com'],
      cc: ['c@example.com'],
      bcc: ['d@example.com'],
    });
  });

  it.each([[undefined], [null], [[]]])('takes %p for cc and bcc', (none) => {
    expect(recipientsOf({ toEmails: ['a@example.com'], ccEmails: none, bccEmails: none })).toEqual({
      to: ['a@example.com'],
      cc: [],
      bcc: [],
    });
  });

  it('keeps the first place and spelling of an address, whatever its case', () => {
    expect(
      recipientsOf({
        toEmails: ['Jane@Example.com', 'jane@example.com'],
        ccEmails: ['JANE@EXAMPLE.COM', 'Joe@example.com'],
        bccEmails: ['joe@EXAMPLE.com', 'ann@example.com'],
      }),
    ).toEqual({ to: ['Jane@Example.com'], cc: ['Joe@example.com'], bcc: ['ann@example.com'] });
  });

  it('sends to the ASCII form of a domain, in each list, once', () => {
    expect(
      recipientsOf({
        toEmails: ['user@przykład.pl', 'USER@xn--przykad-rjb.pl'],
        ccEmails: ['user@PRZYKŁAD.pl', 'a@bücher.example'],
        bccEmails: ['Jane@例え。jp'],
      }),
    ).toEqual({
      to: ['user@xn--przykad-rjb.pl'],
      cc: ['a@xn--bcher-kva.example'],
      bcc: ['Jane@xn--r8jz45g.jp'],
    });
  });

  it('says why a local part that is not ASCII is refused', () => {
    expect(errorOf({ toEmails: ['jörg@bücher.example'] })).toMatchObject({
      code: 'RECIPIENT_MALFORMED',
      errors: [{ field: 'toEmails.0', message: expect.stringMatching(/ASCII characters only before the @/) }],
    });
  });

  it('takes a mail that has only a bcc', () => {
    expect(recipientsOf({ toEmails: [], bccEmails: ['a@example.com'] }).bcc).toEqual(['a@example.com']);
  });

  it('refuses a mail to nobody', () => {
    expect(errorOf({ toEmails: [], ccEmails: null, bccEmails: [] })).toMatchObject({
      status: 400,
      errors: [{ field: 'toEmails' }],
    });
  });

  it('takes 50 recipients and refuses 51, over all lists', () => {
    expect(recipientsOf({ toEmails: people(50) }).to).toHaveLength(50);
    expect(
      errorOf({ toEmails: people(49), ccEmails: ['c@example.com'], bccEmails: ['d@example.com'] }),
    ).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', errors: [{ field: 'toEmails' }] });
  });

  it('counts an address once that is named often', () => {
    expect(recipientsOf({ toEmails: [...people(50), ...people(50)], ccEmails: people(50) })).toMatchObject({
      to: people(50),
      cc: [],
    });
  });

  it('names the places of malformed addresses, not the addresses', () => {
    const error = errorOf({
      toEmails: ['a@example.com', 'not-an-address'],
      ccEmails: ['.x@example.com'],
      bccEmails: ['b@example.com', '', 'Jane <jane@example.com>'],
    });
    expect(error).toMatchObject({
      status: 422,
      code: 'RECIPIENT_MALFORMED',
      errors: [
        { field: 'toEmails.1' },
        { field: 'ccEmails.0' },
        { field: 'bccEmails.1' },
        { field: 'bccEmails.2' },
      ],
    });
    expect(JSON.stringify(error)).not.toMatch(/not-an-address|\.x@|jane/i);
  });
});
