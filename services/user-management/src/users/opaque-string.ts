const ASCII = /^\p{ASCII}*$/u;
const OTHER_SPACES = /[\p{Zs}--\u0020]/gv;

/**
 * The spelling of a password that is hashed, by the profile OpaqueString of RFC 8265 (4.2.2): other spaces become
 * U+0020, and composed and decomposed letters are the same (NFC). Case, width and everything else stay. Keyboards of
 * different systems send `é` as one character or as two.
 */
export function opaqueString(password: string): string {
  if (ASCII.test(password)) return password;
  return password.replace(OTHER_SPACES, ' ').normalize('NFC');
}
