/** A mail as the local mailbox keeps it. */
export interface StoredMail {
  subject: string;
  to: string[];
  text: string;
}

interface Store {
  emails: {
    subject: string;
    destination: { to: string[]; cc: string[]; bcc: string[] };
    body: { text?: string; html?: string };
  }[];
}

/** All mails that the mailbox has taken since it started. */
export async function mailsIn(mailboxUrl: string): Promise<StoredMail[]> {
  const store = (await (await fetch(`${mailboxUrl}/store`)).json()) as Store;
  return store.emails.map(({ subject, destination, body }) => ({
    subject,
    to: destination.to,
    text: body.text ?? '',
  }));
}

/** How many mails each address got. */
export async function mailsPerAddress(mailboxUrl: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { to } of await mailsIn(mailboxUrl)) {
    for (const address of to) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}
