import { describe, expect, it } from '@jest/globals';
import { smtpError, smtpErrorName } from './smtp-errors.js';

const PERSON = 'private.person@example.com';

/** An error as nodemailer throws it, with the server's reply if there was one. */
function failure(code: string, command: string, response?: string, more: object = {}): Error {
  const reply =
    response === undefined
      ? {}
      : {
          response,
          responseCode: Number(response.slice(0, 3)),
          permanent: response.startsWith('5') && !response.startsWith('503'),
        };
  return Object.assign(new Error(`${command} failed: ${response}`), { code, command, ...reply, ...more });
}

/** A refusal of every recipient, as nodemailer reports it. */
function noRecipient(...responses: string[]): Error {
  const rejectedErrors = responses.map((response) => failure('EENVELOPE', 'RCPT TO', response));
  return failure('EENVELOPE', 'RCPT TO', responses[0], { rejectedErrors });
}

describe('smtpError', () => {
  it.each([
    failure('EMESSAGE', 'DATA', '554 Message rejected: spam'),
    failure('EMESSAGE', 'DATA', '552 Message is too long'),
    failure('EENVELOPE', 'MAIL FROM', '552 5.3.4 Message size exceeds fixed limit'),
    failure('EMESSAGE', 'MAIL FROM'),
  ])('takes %s as final for the message', (error) => {
    expect(smtpError(error)).toMatchObject({ status: 422, code: 'MESSAGE_REJECTED' });
  });

  it.each([
    ['454 Throttling failure: Maximum sending rate exceeded', '1', 'SMTP: EMESSAGE DATA 454, sending rate'],
    ['454 Throttling failure: Daily message quota exceeded', '600', 'SMTP: EMESSAGE DATA 454, daily quota'],
    [
      '550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n' +
        '550-5.4.5 sending limits go to\n550 5.4.5  https://support.google.com/a/answer/166852 - gsmtp',
      '600',
      'SMTP: EMESSAGE DATA 550 5.4.5, daily quota',
    ],
    [
      '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message',
      '600',
      'SMTP: EMESSAGE DATA 554 5.2.0, daily quota',
    ],
  ])('takes %s for a throttle', (response, seconds, reason) => {
    expect(smtpError(failure('EMESSAGE', 'DATA', response))).toMatchObject({
      status: 503,
      code: 'MAIL_THROTTLED',
      headers: { 'retry-after': seconds },
      reason,
    });
  });

  it.each([
    failure('EMESSAGE', 'DATA', `554 Message rejected: Email address is not verified: ${PERSON}`),
    failure('EMESSAGE', 'DATA', '554 Email address is not verified: Sender@Example.org'),
  ])('takes %s for an identity that SES has not verified', (error) => {
    expect(smtpError(error)).toMatchObject({
      status: 503,
      code: 'MAIL_ADDRESS_NOT_VERIFIED',
      reason: 'SMTP: EMESSAGE DATA 554',
    });
  });

  it.each([
    failure('EAUTH', 'AUTH PLAIN', '535 5.7.8 Username and Password not accepted'),
    failure('EAUTH', 'AUTH PLAIN', '454 Temporary authentication failure'),
    failure('EAUTH', 'AUTH PLAIN', '550 5.1.1 No such user'),
    failure('EPROTOCOL', 'EHLO', '554 5.7.1 Client host blocked'),
    failure('ECONNECTION', 'CONN', '421 bye'),
    failure('ECONNECTION', 'CONN', '554 5.6.0 No'),
    failure('ESOCKET', 'CONN'),
    failure('ETLS', 'STARTTLS', '500 unknown command'),
    failure('ETIMEDOUT', 'CONN'),
    failure('EABORT', ''),
    failure('EMESSAGE', 'API'),
    new Error('Connection pool was closed'),
  ])('takes %s for an outage', (error) => {
    expect(smtpError(error)).toMatchObject({
      status: 503,
      code: 'MAIL_UNAVAILABLE',
      headers: { 'retry-after': '5' },
    });
  });

  it.each<[responses: string[], code: string]>([
    [['550 5.1.1 No such user', '550 5.1.1 No such user'], 'RECIPIENT_REJECTED'],
    [['550 5.1.1 No such user', '450 4.2.1 Busy'], 'MAIL_UNAVAILABLE'],
    [['550 5.1.1 No such user', '550 5.7.1 Relaying denied'], 'MAIL_UNAVAILABLE'],
    [['554 5.7.1 Client host blocked', '550 5.4.5 Daily user sending limit exceeded'], 'MAIL_THROTTLED'],
  ])('refuses several recipients for good only if each is: %j', (responses, code) => {
    expect(smtpError(noRecipient(...responses))).toMatchObject({ code });
  });

  it('keeps codes and command for the log, not the reply', () => {
    const error = smtpError(failure('EENVELOPE', 'MAIL FROM', `550 5.1.8 <${PERSON}>`));
    expect(error.reason).toBe('SMTP: EENVELOPE MAIL FROM 550 5.1.8');
    expect(String((error.cause as Error).stack)).not.toContain(PERSON);
    const tls = failure('ESOCKET', 'CONN', undefined, { originalCode: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(smtpErrorName(tls)).toBe('SMTP: ESOCKET ERR_TLS_CERT_ALTNAME_INVALID CONN');
  });
});
