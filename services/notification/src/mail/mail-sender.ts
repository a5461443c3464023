/** A mail that the rules have passed: every address well-formed, none of them twice, at most 50 in all. */
export interface Mail {
  readonly subject: string;
  readonly content: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
}

/** The way out for mail, and the DI token for whichever adapter the configuration chooses. */
export abstract class MailSender {
  /**
   * Resolves once the mail server has accepted the mail for delivery. Takes
   * less than 1.5 s whatever the server does, since callers give up after 2 s.
   *
   * @throws UnavailableError if the same mail may be accepted later
   * @throws AppError (422) if it never will
   */
  abstract send(mail: Mail): Promise<void>;

  /** Resolves if the mail server can be reached, within a second; sends nothing. */
  abstract check(): Promise<void>;
}

/** How long {@link MailSender.send} may take in all, in milliseconds. */
export const SEND_DEADLINE_MS = 1_400;
