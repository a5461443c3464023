import { ValidationError } from '@usermgmt/service-kit/app-error';
import { asciiAddress, emailAddressProblem } from '@usermgmt/service-kit/email-address';
import type { Mail } from './mail-sender.js';
import type { SendMail } from './mail.schemas.js';
import { mailErrors } from './mail-errors.js';

// https://docs.aws.amazon.com/ses/latest/dg/quotas.html: 50 recipients a message, to, cc and bcc together.
const MAX_RECIPIENTS = 50;

/** Who gets a mail, and as what. */
export type Recipients = Pick<Mail, 'to' | 'cc' | 'bcc'>;

/**
 * The recipients of a request, each of them once: the first place counts, in
 * the order to, cc, bcc, and its spelling is kept, but for a domain that is
 * not ASCII, of which the ASCII form is sent. Addresses that differ only in
 * case or in the form of their domain are the same.
 *
 * @throws ValidationError if there is none, or more than 50
 * @throws AppError (422, RECIPIENT_MALFORMED) that names the places of those that are no addresses
 */
export function recipientsOf(request: Pick<SendMail, 'toEmails' | 'ccEmails' | 'bccEmails'>): Recipients {
  const places = (['toEmails', 'ccEmails', 'bccEmails'] as const).flatMap((list) =>
    (request[list] ?? []).map((given, index) => ({
      list,
      index,
      address: asciiAddress(given) ?? given,
      problem: emailAddressProblem(given),
    })),
  );
  const first = new Map<string, (typeof places)[number]>();
  for (const place of places) {
    const key = place.address.toLowerCase();
    if (!first.has(key)) first.set(key, place);
  }
  const kept = [...first.values()];
  if (kept.length === 0) {
    throw new ValidationError([{ field: 'toEmails', message: 'there must be at least one recipient' }]);
  }
  if (kept.length > MAX_RECIPIENTS) {
    const message = `there must be at most ${MAX_RECIPIENTS} recipients, with ccEmails and bccEmails`;
    throw new ValidationError([{ field: 'toEmails', message }]);
  }
  const malformed = kept.flatMap(({ list, index, problem }) =>
    problem === undefined ? [] : [{ field: `${list}.${index}`, message: problem }],
  );
  if (malformed.length > 0) throw mailErrors.recipientMalformed(malformed);
  const of = (name: string): string[] =>
    kept.filter(({ list }) => list === name).map(({ address }) => address);
  return { to: of('toEmails'), cc: of('ccEmails'), bcc: of('bccEmails') };
}
