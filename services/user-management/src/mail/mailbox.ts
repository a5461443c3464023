import { createHash } from 'node:crypto';
import { emailKey } from '../users/user-key.js';

/**
 * Domains whose provider ignores dots in the local part, each with its main
 * name: Gmail's, and only for private accounts
 * (https://support.google.com/mail/answer/7436150). Everywhere else
 * `a.b@example.com` and `ab@example.com` may be two people.
 */
const DOTS_IGNORED: ReadonlyMap<string, string> = new Map([
  ['gmail.com', 'gmail.com'],
  ['googlemail.com', 'gmail.com'],
]);

/**
 * The inbox in which mail to an address most likely arrives: its key
 * ({@link emailKey}) without the tag after a `+` (RFC 5233) and, where the
 * provider ignores them, without dots.
 *
 * @returns a SHA-256 in hex, so that no table holds the address once more
 */
export function mailboxOf(email: string): string {
  const key = emailKey(email);
  const at = key.lastIndexOf('@');
  const [local, domain] = [key.slice(0, Math.max(0, at)), key.slice(at + 1)];
  const provider = DOTS_IGNORED.get(domain);
  // A `+` at the beginning begins a name, not a tag.
  const tag = local.indexOf('+', 1);
  const name = tag === -1 ? local : local.slice(0, tag);
  const mailbox = `${provider === undefined ? name : name.replaceAll('.', '')}@${provider ?? domain}`;
  return createHash('sha256').update(mailbox).digest('hex');
}
