import { z } from 'zod';

/** The longest address: a path of 256 octets (RFC 5321, 4.5.3.1.3) without its angle brackets. */
export const EMAIL_ADDRESS_MAX_LENGTH = 254;

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/**
 * What both services take for an e-mail address: the pattern of the HTML
 * Standard (https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address),
 * which is ASCII, with the limits that a mail server sets on top of it:
 * a local part without a leading, trailing or double dot (RFC 5321, 4.1.2) of
 * at most 64 characters (4.5.3.1.1), a domain with at least one dot, and
 * {@link EMAIL_ADDRESS_MAX_LENGTH} characters in all.
 *
 * Linear: an atom holds no dot and a label no more than 63 characters, so
 * there is one way to match, and the length is looked at first.
 */
export const EMAIL_ADDRESS_PATTERN = new RegExp(
  `^(?=.{1,${EMAIL_ADDRESS_MAX_LENGTH}}$)(?=.{1,64}@)${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}$`,
);

/** Whether `value` has the form of {@link EMAIL_ADDRESS_PATTERN}; says nothing about whether it exists. */
export function isEmailAddress(value: string): boolean {
  return EMAIL_ADDRESS_PATTERN.test(value);
}

/** {@link EMAIL_ADDRESS_PATTERN} as a schema; keeps the spelling as it is. */
export const emailAddress = z
  .string({ error: 'must be a string' })
  .max(EMAIL_ADDRESS_MAX_LENGTH, {
    error: `must have at most ${EMAIL_ADDRESS_MAX_LENGTH} characters`,
    abort: true,
  })
  .regex(EMAIL_ADDRESS_PATTERN, 'must be an e-mail address');
