import { mailsPerAddress } from '@usermgmt/testing/mailbox';
import { waitFor } from '@usermgmt/testing/wait';
import type { Forwarded } from './access.ts';

/** Waits until everybody has a mail. @returns how many have more than one */
export async function allMailed(mailbox: Forwarded, emails: readonly string[]): Promise<number> {
  const counts = await waitFor(
    'a mail for everybody',
    async () => {
      const counts = await mailsPerAddress(mailbox.url);
      return emails.every((email) => counts.has(email)) && counts;
    },
    90_000,
    1_000,
  );
  return emails.filter((email) => (counts.get(email) ?? 0) > 1).length;
}
