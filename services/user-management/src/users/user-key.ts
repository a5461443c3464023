import { asciiDomain } from '@usermgmt/service-kit/email-address';

/** Letters that MySQL's utf8mb4_0900_ai_ci treats as others, without a Unicode decomposition saying so. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ς: 'σ',
  ґ: 'г',
  ך: 'כ',
  ם: 'מ',
  ן: 'נ',
  ף: 'פ',
  ץ: 'צ',
};
const FOLDED_LETTERS = new RegExp(Object.keys(FOLDED).join('|'), 'gu');

/**
 * Accents, and what has no width. The vowel signs of Indic scripts are marks
 * too, but letters to a reader; й and the hamza on a carrier are letters of
 * their own. A mark on a space is what NFKD makes of ´, ¨ and their like,
 * which are no spaces.
 */
const IGNORED =
  /(?<![иИ ])\u0306|(?<! )[[[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]&&\p{M}]--[\u0306\u0653-\u0655]]|[\p{Cf}\p{Default_Ignorable_Code_Point}]/gv;

const ASCII = /^\p{ASCII}*$/u;

const stripped = (text: string): string => text.normalize('NFKD').replace(IGNORED, '');

/** UTF-16 units of the longest key of a name that the table can hold: the width of its column. */
export const USERNAME_KEY_MAX_LENGTH = 400;
/** The same of an address. */
const EMAIL_KEY_MAX_LENGTH = 768;

/**
 * The form in which a user name is unique and looked up: without case, accents
 * and width, as MySQL's collation utf8mb4_0900_ai_ci compared the names of the
 * original, but the same on every database.
 *
 * Where the two differ is listed in docs/compatibility.md.
 *
 * Linear in the length of any text: Unicode orders combining marks in
 * quadratic time, so a text longer than {@link USERNAME_KEY_MAX_LENGTH} is
 * returned as it is, and so is one whose key would be longer. Neither can be
 * the name of a stored user. As its own key it equals no stored key, it shares
 * no key with another text, and it takes no more memory than the text.
 */
export function usernameKey(username: string): string {
  // Nearly all names: in ASCII there is nothing but case to leave out.
  if (ASCII.test(username)) return username.toLowerCase();
  if (username.length > USERNAME_KEY_MAX_LENGTH) return username;
  const key = stripped(stripped(username).toLowerCase())
    .replace(FOLDED_LETTERS, (letter) => FOLDED[letter] ?? letter)
    .normalize('NFC');
  return key.length > USERNAME_KEY_MAX_LENGTH ? username : key;
}

/**
 * The form in which an e-mail address is unique and looked up: without case,
 * and with the ASCII form of its domain, which is the same mailbox.
 * A text longer than any key in the table is returned as it is, for the
 * reasons given at {@link usernameKey}.
 */
export function emailKey(email: string): string {
  if (email.length > EMAIL_KEY_MAX_LENGTH) return email;
  if (ASCII.test(email)) return email.toLowerCase();
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  return (email.slice(0, at) + (asciiDomain(domain) ?? domain)).normalize('NFC').toLowerCase();
}
