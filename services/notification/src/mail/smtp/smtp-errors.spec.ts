import { describe, expect, it } from '@jest/globals';
import { smtpError, smtpErrorName } from './smtp-errors.js';

const SENDER = 'sender@example.org';
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

describe('smtpError', () => {
  it('takes a refusal of every recipient as final', () => {
    const error = failure('EENVELOPE', 'RCPT TO', `550 5.1.1 <${PERSON}> No such user`, {
      rejectedErrors: [{}],
    });
    expect(smtpError(error, SENDER)).toMatchObject({ status: 422, code: 'RECIPIENT_REJECTED' });
  });

  it.each([
    failure('EMESSAGE', 'DATA', '554 Message rejected: spam'),
    failure('EENVELOPE', 'DATA', '554 no'),
    failure('EMESSAGE', 'DATA', `554 Message rejected: Email address is not verified: ${PERSON}`),
    failure('EMESSAGE', 'MAIL FROM'),
  ])('takes %s as final for the message', (error) => {
    expect(smtpError(error, SENDER)).toMatchObject({ status: 422, code: 'MESSAGE_REJECTED' });
  });

  it.each([
    ['454 Throttling failure: Maximum sending rate exceeded', '1'],
    ['454 Throttling failure: Daily message quota exceeded', '600'],
  ])('takes %s for a throttle', (response, seconds) => {
    expect(smtpError(failure('EMESSAGE', 'DATA', response), SENDER)).toMatchObject({
      status: 503,
      code: 'MAIL_THROTTLED',
      headers: { 'retry-after': seconds },
    });
  });

  it.each([
    failure('EENVELOPE', 'RCPT TO', '450 try later', { rejectedErrors: [{}] }),
    failure('EMESSAGE', 'DATA', '451 try later'),
    failure('EENVELOPE', 'MAIL FROM', '550 sender not allowed'),
    failure('EMESSAGE', 'DATA', '554 Email address is not verified: Sender@Example.org'),
    failure('EAUTH', 'AUTH PLAIN', '535 Authentication Credentials Invalid'),
    failure('EAUTH', 'AUTH PLAIN', '454 Temporary authentication failure'),
    failure('ECONNECTION', 'CONN', '421 bye'),
    failure('ESOCKET', 'CONN'),
    failure('ETLS', 'STARTTLS', '500 unknown command'),
    failure('ETIMEDOUT', 'CONN'),
    failure('EABORT', ''),
    new Error('Connection pool was closed'),
  ])('takes %s for an outage', (error) => {
    expect(smtpError(error, SENDER)).toMatchObject({
      status: 503,
      code: 'MAIL_UNAVAILABLE',
      headers: { 'retry-after': '5' },
    });
  });

  it('keeps code, command and reply code for the log, not the reply', () => {
    const { cause } = smtpError(failure('EENVELOPE', 'MAIL FROM', `550 <${PERSON}>`), SENDER);
    expect((cause as Error).message).toBe('SMTP: EENVELOPE MAIL FROM 550');
    expect(String((cause as Error).stack)).not.toContain(PERSON);
    const tls = failure('ESOCKET', 'CONN', undefined, { originalCode: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(smtpErrorName(tls)).toBe('SMTP: ESOCKET ERR_TLS_CERT_ALTNAME_INVALID CONN');
  });
});
