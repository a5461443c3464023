import { describe, expect, it } from '@jest/globals';
import { sesError } from './ses-errors.js';

const SENDER = 'sender@example.org';
const PERSON = 'private.person@example.com';
const NOT_VERIFIED =
  'Email address is not verified. The following identities failed the check in region US-EAST-1:';

/** An error as the SES client throws it. */
function awsError(name: string, message = '', status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

describe('sesError', () => {
  it.each([
    [awsError('Throttling', 'Maximum sending rate exceeded.'), '1'],
    [awsError('ThrottlingException'), '1'],
    [awsError('TooManyRequestsException', '', 429), '1'],
    [awsError('LimitExceededException'), '1'],
    [awsError('Whatever', '', 429), '1'],
    [awsError('Throttling', 'Daily message quota exceeded.'), '600'],
  ])('takes %s for a throttle', (error, seconds) => {
    expect(sesError(error, SENDER)).toMatchObject({
      status: 503,
      code: 'MAIL_THROTTLED',
      headers: { 'retry-after': seconds },
    });
  });

  it.each([
    ['MessageRejected', 'Message contains a virus'],
    ['InvalidParameterValue', 'Message length is more than 10485760 bytes long'],
  ])('takes %s: %s as final for the message', (name, message) => {
    expect(sesError(awsError(name, message), SENDER)).toMatchObject({
      status: 422,
      code: 'MESSAGE_REJECTED',
      reason: `SES: ${name} (HTTP 400)`,
    });
  });

  it.each([PERSON, `Sender@Example.org, ${PERSON}`, 'Sender@Example.org', 'virus@example.com'])(
    'takes an identity that is not verified for what an operator puts right: %s',
    (identities) => {
      expect(sesError(awsError('MessageRejected', `${NOT_VERIFIED} ${identities}`), SENDER)).toMatchObject({
        status: 503,
        code: 'MAIL_ADDRESS_NOT_VERIFIED',
        headers: { 'retry-after': '300' },
        reason: 'SES: MessageRejected (HTTP 400)',
      });
    },
  );

  it.each([
    "Missing final '@domain'",
    'Missing domain',
    'Invalid email address .',
    'Local address contains control or whitespace',
    'Domain contains illegal character',
    'Illegal address',
  ])('takes InvalidParameterValue: %s as final for the recipient', (message) => {
    expect(sesError(awsError('InvalidParameterValue', message), SENDER)).toMatchObject({
      status: 422,
      code: 'RECIPIENT_REJECTED',
    });
  });

  it.each([
    awsError('MessageRejected', 'Sending suspended for this account.'),
    awsError('MessageRejected', 'Sending paused for this account because of your content'),
    awsError('MessageRejected', 'Something new'),
    awsError('InvalidParameterValue', 'Invalid From address'),
    awsError('InvalidParameterValue', `Illegal address: ${SENDER}`),
    awsError('InvalidParameterValue', 'Invalid tag value'),
    awsError('AccountSendingPausedException'),
    awsError('ConfigurationSetDoesNotExistException', 'Configuration set <x> does not exist.'),
    awsError('ConfigurationSetSendingPausedException'),
    awsError('MailFromDomainNotVerifiedException'),
    awsError('AccessDenied', `not authorized on identity/${PERSON}`, 403),
    awsError('ExpiredToken', '', 403),
    awsError('InternalFailure', '', 500),
    awsError('ServiceUnavailable', '', 503),
    Object.assign(new Error('no'), { name: 'CredentialsProviderError' }),
    Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }),
    new DOMException('late', 'TimeoutError'),
    new SyntaxError('Unexpected token'),
  ])('takes %s for an outage', (error) => {
    expect(sesError(error, SENDER)).toMatchObject({
      status: 503,
      code: 'MAIL_UNAVAILABLE',
      headers: { 'retry-after': '5' },
    });
  });

  it('keeps the name and the status for the log, not the message', () => {
    const { cause } = sesError(awsError('AccessDenied', PERSON, 403), SENDER);
    expect((cause as Error).message).toBe('SES: AccessDenied (HTTP 403)');
    expect(String((cause as Error).stack)).not.toContain(PERSON);
  });

  it('does not take a name over that is no name', () => {
    const { cause } = sesError(awsError(`<${PERSON}>`), SENDER);
    expect((cause as Error).message).toBe('SES: unknown error (HTTP 400)');
  });
});
