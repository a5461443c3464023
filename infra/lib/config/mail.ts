import { z } from 'zod';

/** Amazon SES: what mails are sent from. */
export const mailSchema = z
  .strictObject({
    /** A domain (its DKIM records are made in the configured zone), or one address that is confirmed by a mail. */
    identity: z.union([z.email(), z.hostname()]),
    /** The sender of every mail. */
    from: z.email(),
    /** Who is told of bounces and complaints; the address must confirm the subscription. */
    reportsTo: z.email(),
    /**
     * Recipients a second for each pod of notification: the account's MaxSendRate (the doctor prints it) divided by the
     * number of pods. The sandbox has 1: https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
     */
    maxSendRate: z.number().int().positive().default(1),
  })
  .refine(({ identity, from }) => isOfIdentity(from, identity), 'from is not of the identity');

/** Whether SES takes a sender who has verified an identity only: that address, or its domain. */
export function isOfIdentity(sender: string, identity: string): boolean {
  return sender === identity || sender.endsWith(`@${identity}`);
}
