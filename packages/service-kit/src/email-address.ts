import { domainToASCII } from 'node:url';
import { z } from 'zod';

/** The longest address: a path of 256 octets (RFC 5321, 4.5.3.1.3) without its angle brackets. */
export const EMAIL_ADDRESS_MAX_LENGTH = 254;

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/**
 * An e-mail address as mail servers exchange it: the pattern of the HTML
 * Standard (https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address),
 * which is ASCII, with the limits that a mail server sets on top of it:
 * a local part without a leading, trailing or double dot (RFC 5321, 4.1.2) of
 * at most 64 characters (4.5.3.1.1), a domain with at least one dot, and
 * {@link EMAIL_ADDRESS_MAX_LENGTH} characters in all.
 *
 * Linear: an atom holds no dot and a label no more than 63 characters, so
 * there is one way to match, and the length is looked at first.
 */
const ASCII_ADDRESS = new RegExp(
  `^(?=.{1,${EMAIL_ADDRESS_MAX_LENGTH}}$)(?=.{1,64}@)${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}$`,
);

const ASCII = /^\p{ASCII}*$/u;
/**
 * What `domainToASCII` would take, but no name of a domain holds: it decodes
 * `%`, reads `[…]` as an IPv6 address, drops tabs and invisible characters,
 * and lets a label begin or end with a hyphen. The joiners are letters of
 * some scripts, and UTS 46 knows where they may stand.
 */
const NOT_IN_DOMAIN =
  /[[\p{ASCII}--[a-zA-Z0-9.\-]][\p{Default_Ignorable_Code_Point}--[\u200C\u200D]]]|(?:^|[.\u3002\uFF0E\uFF61])-|-(?:[.\u3002\uFF0E\uFF61]|$)/v;
/** `domainToASCII` reads a name whose last label is a number as an IPv4 address (`１２７.１`). */
const NUMERIC_END = /\.(?:\d+|0x[\da-f]*)$/;

/**
 * The ASCII form of a domain that holds other characters, as UTS 46 maps it
 * (https://www.unicode.org/reports/tr46/): `PRZYKŁAD.pl` is `xn--przykad-rjb.pl`.
 * A domain in ASCII is returned as it is.
 *
 * @returns undefined for what has no such form, or is longer than an address
 */
export function asciiDomain(domain: string): string | undefined {
  if (ASCII.test(domain)) return domain;
  if (domain.length > EMAIL_ADDRESS_MAX_LENGTH || NOT_IN_DOMAIN.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  return ascii === '' || NUMERIC_END.test(ascii) ? undefined : ascii;
}

/**
 * The form in which mail is sent to an address: its domain in ASCII (IDNA).
 * An address that is ASCII already keeps its spelling.
 *
 * @returns undefined if `value` is no address; it says nothing about whether it exists
 */
export function asciiAddress(value: string): string | undefined {
  // In UTF-16 units: what is longer is not converted, since work must not grow with it.
  if (value.length > EMAIL_ADDRESS_MAX_LENGTH) return undefined;
  const at = value.lastIndexOf('@');
  const domain = asciiDomain(value.slice(at + 1));
  const address = domain === undefined ? '' : value.slice(0, at + 1) + domain;
  return ASCII_ADDRESS.test(address) ? address : undefined;
}

/**
 * Why both services do not take `value` for an e-mail address. The text holds
 * nothing of it.
 *
 * @returns undefined if they do
 */
export function emailAddressProblem(value: string): string | undefined {
  if (asciiAddress(value) !== undefined) return undefined;
  return ASCII.test(value.slice(0, Math.max(0, value.lastIndexOf('@'))))
    ? 'must be an e-mail address'
    : 'must have ASCII characters only before the @: not every mail server takes others';
}

/** An e-mail address in the form in which mail is sent to it, as {@link asciiAddress} makes it. */
export const emailAddress = z
  .string({ error: 'must be a string' })
  .max(EMAIL_ADDRESS_MAX_LENGTH, `must have at most ${EMAIL_ADDRESS_MAX_LENGTH} characters`)
  .transform((value, context) => {
    const problem = emailAddressProblem(value);
    if (problem !== undefined) context.addIssue(problem);
    return asciiAddress(value) ?? z.NEVER;
  });
