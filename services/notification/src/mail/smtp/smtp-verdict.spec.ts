import { describe, expect, it } from '@jest/globals';
import { smtpVerdict, type SmtpVerdict } from './smtp-verdict.js';

type At = 'MAIL FROM' | 'RCPT TO' | 'DATA' | 'content';

function verdict(at: At, response: string): SmtpVerdict {
  return smtpVerdict({
    code: at === 'content' ? 'EMESSAGE' : 'EENVELOPE',
    command: at === 'content' ? 'DATA' : at,
    responseCode: Number(response.slice(0, 3)),
    response,
  });
}

describe('smtpVerdict', () => {
  it.each<[at: At, response: string, expected: SmtpVerdict]>([
    // Quotas, by Gmail, Exchange and SES.
    ['RCPT TO', '550 5.4.5 Daily user sending limit exceeded', 'quota'],
    ['content', '550 5.4.5 Daily user sending limit exceeded', 'quota'],
    ['content', '550 5.4.5 Daily SMTP relay limit exceeded for user.', 'quota'],
    ['content', '550 5.4.5 Daily user sending quota exceeded', 'quota'],
    ['content', '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException', 'quota'],
    ['RCPT TO', "550 5.1.90 You've reached your daily limit for message recipients", 'quota'],
    ['content', '454 Throttling failure: Daily message quota exceeded', 'quota'],
    ['content', '454 Throttling failure: Maximum sending rate exceeded', 'rate'],
    // Policy, relaying, authentication, system, routing, protocol.
    ['RCPT TO', '554 5.7.1 Client host blocked', 'later'],
    ['content', '554 5.7.1 Client host blocked', 'later'],
    ['RCPT TO', '550 5.7.1 Relaying denied', 'later'],
    ['RCPT TO', '554 5.7.1 <nobody@example.com>: Relay access denied', 'later'],
    ['MAIL FROM', '530 5.7.0 Authentication Required', 'later'],
    ['content', '550 5.7.26 Unauthenticated email is not accepted due to domain policy', 'later'],
    ['RCPT TO', '550 5.3.0 System error', 'later'],
    ['content', '554 5.3.5 System incorrectly configured', 'later'],
    ['RCPT TO', '554 5.4.6 Hop count exceeded', 'later'],
    ['RCPT TO', '503 5.5.1 RCPT first', 'later'],
    ['RCPT TO', '555 5.5.2 Syntax error', 'later'],
    ['RCPT TO', '550 4.7.1 Greylisted', 'later'],
    ['RCPT TO', '450 5.1.1 Try later', 'later'],
    ['content', '452 4.3.1 Insufficient system storage', 'later'],
    // The sender is the configuration's.
    ['MAIL FROM', '550 5.1.1 No such user', 'later'],
    ['MAIL FROM', '501 5.1.7 Bad sender address syntax', 'later'],
    ['RCPT TO', '550 5.1.8 Domain of sender address does not resolve', 'later'],
    ['RCPT TO', '550 5.1.0 Sender rejected', 'later'],
    ['RCPT TO', '550 sender verify failed: no such user', 'later'],
    ['MAIL FROM', '550 not allowed', 'later'],
    ['MAIL FROM', '552 exceeded storage allocation', 'later'],
    ['content', '554 5.2.252 SendAsDenied', 'later'],
    ['content', '554 Message rejected: Email address is not verified.', 'not verified'],
    // The recipient.
    ['RCPT TO', '550 5.1.1 <daily.limit@relay.example> User unknown in relay recipient table', 'recipient'],
    ['RCPT TO', '550-5.1.1 The email account that you tried to reach does not exist.', 'recipient'],
    ['RCPT TO', '553 5.1.2 No such domain', 'recipient'],
    ['RCPT TO', '501 5.1.3 Bad recipient address syntax', 'recipient'],
    ['RCPT TO', '556 5.1.10 Recipient address has null MX', 'recipient'],
    ['RCPT TO', '550 5.2.1 The email account that you tried to reach is disabled', 'recipient'],
    ['content', '554 5.1.1 User unknown', 'recipient'],
    ['RCPT TO', '552 5.2.2 Mailbox full', 'later'],
    ['RCPT TO', '552 5.2.2 The daily quota of the mailbox is used up', 'later'],
    // Content and size.
    ['content', '554 5.6.0 Message is malformed', 'message'],
    ['content', '552 5.2.3 Message exceeds maximum fixed size', 'message'],
    ['MAIL FROM', '552 5.3.4 Message size exceeds fixed limit', 'message'],
    ['MAIL FROM', '552 message size exceeds fixed maximum message size', 'message'],
    // Without an enhanced code.
    ['RCPT TO', '550 No such user here', 'recipient'],
    ['RCPT TO', '550 no', 'recipient'],
    ['RCPT TO', '550 <policy@example.com>... User unknown', 'recipient'],
    ['RCPT TO', '550 5.0.0 User unknown', 'recipient'],
    ['RCPT TO', '551 User not local', 'recipient'],
    ['RCPT TO', '550 relay not permitted', 'later'],
    ['RCPT TO', '550 Administrative prohibition', 'later'],
    ['RCPT TO', '554 Client host rejected', 'later'],
    ['RCPT TO', '552 exceeded storage allocation', 'later'],
    ['RCPT TO', '501 Syntax error', 'later'],
    ['DATA', '554 no', 'later'],
    ['DATA', '550 no such user', 'later'],
    ['content', '554 Transaction failed', 'later'],
    ['content', '550 no', 'later'],
    ['content', '554 Message rejected: spam', 'message'],
    ['content', '552 Message is too long', 'message'],
    ['content', '550 Rejected: content policy, host blocked', 'later'],
  ])('at %s: %s is %s', (at, response, expected) => {
    expect(verdict(at, response)).toBe(expected);
  });
});
