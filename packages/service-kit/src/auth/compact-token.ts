/** The longest token that is looked at, in characters; all headers together have at most 16,384. */
export const TOKEN_LIMIT = 8_192;

/** A JWS in its compact form (RFC 7515, 7.1), and a b64token of RFC 6750 too. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Whether a text can be a signed token, as far as that is seen before its signature is checked.
 *
 * Decoders of base64 skip white space and padding and ignore unused bits. One
 * token must not have several spellings: each would be checked and remembered.
 */
export function isCompactToken(token: string): boolean {
  if (token.length > TOKEN_LIMIT || !COMPACT.test(token)) return false;
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
}
