const WORD = '\\p{L}[\\p{L}\\p{M}]*';
/**
 * Words of letters with one space, hyphen or apostrophe between them, or a dot
 * and a space: `Zoë`, `O'Brien`, `J. R. Müller-Lüdenscheidt Jr.`. No digit, no
 * dot inside a word, no other sign: a mail program finds no link, address or
 * telephone number in it.
 */
const PERSON = new RegExp(`^${WORD}(?:(?:[ '’\\-]|\\. )${WORD})*\\.?$`, 'u');
/** Also digits and `_` after the first letter, but no dot: programs turn `evil.tld` into a link. */
const ACCOUNT = /^\p{L}[\p{L}\p{M}\p{N}]*(?:[ '’_-][\p{L}\p{M}\p{N}]+)*$/u;

/** The names in a mail to a new user. */
export interface ShownNames {
  firstname: string;
  username: string;
}

/**
 * The names of a user whom a stranger made, for a mail that perhaps goes to
 * somebody else: a value that is no plain name is replaced, so that the
 * stranger cannot write a text or a link of their own into our mail.
 */
export function shownNames({ firstname, username }: ShownNames): ShownNames {
  return {
    firstname: PERSON.test(firstname) ? firstname : 'new user',
    username: ACCOUNT.test(username) ? username : '(name not shown)',
  };
}
