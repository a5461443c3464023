/** An SMTP session's refusal, as nodemailer reports it. */
export interface SmtpRefusal {
  /** `EENVELOPE` before the content was sent, `EMESSAGE` after it. */
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/**
 * What a refusal means for the mail. Final are `recipient` (the address does
 * not exist) and `message` (content or size); the others end by themselves or
 * are put right by an operator.
 */
export type SmtpVerdict = 'quota' | 'rate' | 'not verified' | 'later' | 'message' | 'recipient';

const ENHANCED = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/;
/** Longer replies are cut: what matters stands at their beginning. */
const READ_CHARACTERS = 2_000;
const QUOTED = /<[^<>]*>|[^\s<>@]+@[^\s<>@]+/g;

// Gmail: 550 5.4.5 "Daily user sending limit exceeded" (https://support.google.com/a/answer/3726730). Exchange: 554 5.2.0
// "SubmissionQuotaExceeded", 5.1.90 and 5.7.23x "daily limit"
// (https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online).
// SES: 454 "Throttling failure: Daily message quota exceeded", "Maximum sending rate exceeded"
// (https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html).
const QUOTA = /\bdaily(?: [\w-]+){0,4} (?:limit|quota)\b|SubmissionQuotaExceeded|\bsubmission quota\b/i;
const RATE = /throttling|\brate exceeded\b/i;
/** https://repost.aws/knowledge-center/ses-554-400-message-rejected-error */
const NOT_VERIFIED = /\bnot verified\b/i;

/** A full or busy mailbox is the recipient's: it says nothing of what the account may send. */
const RECIPIENTS_MAILBOX = new Set(['2.1', '2.2']);
/** RFC 3463: bad address (1.x; 1.7 and 1.8 are the sender's), 2.1 mailbox disabled; RFC 7505: 1.10. */
const RECIPIENT = new Set(['1.0', '1.1', '1.2', '1.3', '1.4', '1.6', '1.10', '2.1']);
/** RFC 3463: 2.3 and 3.4 are limits of a message's length; its subject 6 is the content. */
const MESSAGE = /^(?:2\.3|3\.4|6\.\d+)$/;

/** RFC 5321, 4.2.3 and RFC 7504: what a server without enhanced codes answers to RCPT for an address that it has not. */
const NO_MAILBOX = new Set([550, 551, 553, 556]);
const UNKNOWN_USER =
  /(?:unknown|no such|invalid) (?:local )?(?:user|recipient|mailbox|account|address|person)|(?:user|recipient|mailbox|account|address)\b.{0,40}\b(?:unknown|not found|n.t exist|not exist)/i;
const ABOUT_SENDER = /\b(?:sender|mail from)\b/i;
const ABOUT_POLICY =
  /relay|denied|prohibit|polic|authent|authori[sz]|block|blacklist|reputation|client host|spamhaus|quota|limit|\brate\b/i;
const ABOUT_CONTENT = /\b(?:virus|malware|spam|content|attachment|header|malformed|mime)\b/i;
const ABOUT_SIZE = /\b(?:size|large|big|long)\b/i;

/**
 * Judges one refusal: by the enhanced status code (RFC 3463) if there is one,
 * otherwise by the command that was refused, the reply code and a closed list
 * of words. What is not clearly about the recipient, the content or the size
 * is `later`: the system (5.3), routing (5.4), the protocol (5.5), policy,
 * relaying and authentication (5.7), a full mailbox (5.2.2, which RFC 3463
 * calls a persistent transient failure), and every refusal of the sender.
 */
export function smtpVerdict({ code, command, response = '', responseCode = 0 }: SmtpRefusal): SmtpVerdict {
  // An address may hold any of the words below.
  const text = response.slice(0, READ_CHARACTERS).replace(QUOTED, ' ');
  const [status = '', subject = ''] = /^(\d)\.(.+)$/.exec(enhancedCode(response) ?? '')?.slice(1) ?? [];
  if (!RECIPIENTS_MAILBOX.has(subject)) {
    if (QUOTA.test(text)) return 'quota';
    if (RATE.test(text)) return 'rate';
  }
  if (NOT_VERIFIED.test(text)) return 'not verified';
  if (responseCode < 500 || status === '4') return 'later';
  if (MESSAGE.test(subject)) return 'message';
  if (command === 'MAIL FROM')
    return responseCode === 552 && subject === '' && ABOUT_SIZE.test(text) ? 'message' : 'later';
  if (ABOUT_SENDER.test(text)) return 'later';
  if (subject !== '' && subject !== '0.0') return RECIPIENT.has(subject) ? 'recipient' : 'later';
  return withoutEnhancedCode(command === 'RCPT TO', code === 'EMESSAGE', responseCode, text);
}

/** The enhanced status code of a reply, such as `5.7.1`, if it has one. */
export function enhancedCode(response: string): string | undefined {
  return ENHANCED.exec(response)?.[1];
}

function withoutEnhancedCode(
  toRecipient: boolean,
  toContent: boolean,
  responseCode: number,
  text: string,
): SmtpVerdict {
  if ((toRecipient || toContent) && UNKNOWN_USER.test(text)) return 'recipient';
  if (toContent && ABOUT_SIZE.test(text)) return 'message';
  if (ABOUT_POLICY.test(text)) return 'later';
  if (toRecipient && NO_MAILBOX.has(responseCode)) return 'recipient';
  return toContent && ABOUT_CONTENT.test(text) ? 'message' : 'later';
}
