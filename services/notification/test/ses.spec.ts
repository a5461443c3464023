import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { passTime, startTime, stopTime } from '@usermgmt/testing/deadlines';
import { waitFor } from '@usermgmt/testing/wait';
import { aMail, expectPrivacy, send, startApplication, type TestApplication } from './support/application.js';
import { accept, type Answer, type FakeSes, neverAnswer, refuse, startFakeSes } from './support/fake-ses.js';

describe('with an SES that answers as it is told', () => {
  let ses: FakeSes;
  let test: TestApplication;

  beforeAll(async () => {
    ses = await startFakeSes();
    test = await startApplication({
      AWS_ENDPOINT_URL_SES: ses.url,
      AWS_MAIL_SERVER_FROM_ADDRESS: 'sender@example.org',
      SES_CONFIGURATION_SET: 'my-set',
      SES_MESSAGE_TAGS: 'service=notification,env=test',
    });
  });

  beforeEach(() => {
    ses.requests.length = 0;
    test.logs.length = 0;
  });

  afterEach(startTime);

  afterAll(async () => {
    await test.app.close();
    await ses.stop();
  });

  it('sends what is configured', async () => {
    ses.answer = accept;
    expect((await send(test)).status).toBe(200);
    expect(Object.fromEntries(ses.requests[0] ?? [])).toEqual({
      Action: 'SendEmail',
      Version: '2010-12-01',
      Source: 'sender@example.org',
      'Destination.ToAddresses.member.1': 'private.person@example.com',
      'Message.Subject.Data': 'Subject-of-the-test',
      'Message.Subject.Charset': 'UTF-8',
      'Message.Body.Text.Data': 'Content-of-the-test',
      'Message.Body.Text.Charset': 'UTF-8',
      ConfigurationSetName: 'my-set',
      'Tags.member.1.Name': 'service',
      'Tags.member.1.Value': 'notification',
      'Tags.member.2.Name': 'env',
      'Tags.member.2.Value': 'test',
    });
  });

  it('sends to the ASCII form of a Unicode domain', async () => {
    ses.answer = accept;
    const change = {
      toEmails: ['user@przykład.pl'],
      ccEmails: ['a@bücher.example'],
      bccEmails: ['b@例え.jp'],
    };
    expect((await send(test, aMail(change))).status).toBe(200);
    expect(Object.fromEntries(ses.requests[0] ?? [])).toMatchObject({
      'Destination.ToAddresses.member.1': 'user@xn--przykad-rjb.pl',
      'Destination.CcAddresses.member.1': 'a@xn--bcher-kva.example',
      'Destination.BccAddresses.member.1': 'b@xn--r8jz45g.jp',
    });
  });

  const person = 'private.person@example.com';
  const notJson: Answer = (response) => response.writeHead(400).end(`{"message":"${person}"}`);
  const reset: Answer = (response) => response.socket?.resetAndDestroy();
  const withoutId: Answer = (response) =>
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end('<SendEmailResponse><SendEmailResult></SendEmailResult></SendEmailResponse>');
  const page: Answer = (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Hello</body></html>');
  const cutOff: Answer = (response) => response.writeHead(200).end('<SendEmailRes');
  it.each<[name: string, answer: Answer, status: number, code: string, retryAfter: string | undefined]>([
    ['a throttle', refuse(400, 'Throttling', 'Maximum sending rate exceeded.'), 503, 'MAIL_THROTTLED', '1'],
    [
      'a used up quota',
      refuse(400, 'Throttling', 'Daily message quota exceeded.'),
      503,
      'MAIL_THROTTLED',
      '600',
    ],
    ['a virus', refuse(400, 'MessageRejected', `Virus for ${person}`), 422, 'MESSAGE_REJECTED', undefined],
    [
      'an unverified recipient (sandbox)',
      refuse(400, 'MessageRejected', `Email address is not verified. ${person}`),
      503,
      'MAIL_ADDRESS_NOT_VERIFIED',
      '300',
    ],
    [
      'an unverified sender',
      refuse(400, 'MessageRejected', `Email address is not verified. sender@example.org, ${person}`),
      503,
      'MAIL_ADDRESS_NOT_VERIFIED',
      '300',
    ],
    [
      'a refused address',
      refuse(400, 'InvalidParameterValue', `Illegal address ${person}`),
      422,
      'RECIPIENT_REJECTED',
      undefined,
    ],
    [
      'a missing permission',
      refuse(403, 'AccessDenied', `no ses:SendEmail on ${person}`),
      503,
      'MAIL_UNAVAILABLE',
      '5',
    ],
    [
      'a missing configuration set',
      refuse(400, 'ConfigurationSetDoesNotExist', person),
      503,
      'MAIL_UNAVAILABLE',
      '5',
    ],
    ['a paused account', refuse(400, 'AccountSendingPausedException', person), 503, 'MAIL_UNAVAILABLE', '5'],
    ['a failure', refuse(500, 'InternalFailure', person), 503, 'MAIL_UNAVAILABLE', '5'],
    ['an acceptance without a MessageId', withoutId, 503, 'MAIL_UNAVAILABLE', '5'],
    ['a page with status 200', page, 503, 'MAIL_UNAVAILABLE', '5'],
    ['what is not XML', notJson, 503, 'MAIL_UNAVAILABLE', '5'],
    ['half an answer', cutOff, 503, 'MAIL_UNAVAILABLE', '5'],
    ['a broken connection', reset, 503, 'MAIL_UNAVAILABLE', '5'],
    ['silence', neverAnswer, 503, 'MAIL_UNAVAILABLE', '5'],
  ])(
    'answers to %s within 2 s, and keeps private what is',
    async (_name, answer, status, code, retryAfter) => {
      ses.answer = answer;
      // Only what needs no timer is answered, but for silence: 1.9 s pass then.
      stopTime();
      const answered = send(test);
      if (answer === neverAnswer) {
        await waitFor('the request', async () => ses.requests.length === 1);
        await passTime(1_900);
      }
      const response = await answered;
      expect(response.status).toBe(status);
      expect(response.body).toMatchObject({ status, code });
      expect(response.headers['retry-after']).toBe(retryAfter);
      expect(ses.requests).toHaveLength(1); // The caller repeats, not the SDK.
      expectPrivacy(response, test);
      const { reason } = response.body as { reason: string };
      expect(reason).toMatch(/^SES: \w/);
      expect(test.logs.join('\n')).toContain(
        JSON.stringify({ msg: `${code} POST /notification/send`, reason }),
      );
    },
  );

  it.each([
    ['MessageRejected', 400, 'Email address is not verified', 'SES: MessageRejected (HTTP 400)'],
    ['AccessDenied', 403, 'no', 'SES: AccessDenied (HTTP 403)'],
    ['Throttling', 400, 'Daily message quota exceeded.', 'SES: Throttling (HTTP 400), daily quota'],
  ])("gives the caller SES's name of an error: %s", async (name, status, message, reason) => {
    ses.answer = refuse(status, name, message);
    expect((await send(test)).body).toMatchObject({ reason });
  });

  it('closes its connections when the service stops', async () => {
    const other = await startFakeSes();
    const stopping = await startApplication({ AWS_ENDPOINT_URL_SES: other.url });
    expect((await send(stopping)).status).toBe(200);
    expect(other.connections()).toBe(1);
    await stopping.app.close();
    await waitFor('the end of the connection', async () => other.connections() === 0);
    await other.stop();
  });

  it('answers an SES that is not there with 503', async () => {
    const gone = await startFakeSes();
    await gone.stop();
    const lonely = await startApplication({ AWS_ENDPOINT_URL_SES: gone.url });
    const response = await send(lonely);
    await lonely.app.close();
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
    expect(lonely.logs.join('\n')).toContain('MAIL_UNAVAILABLE POST /notification/send');
  });

  it('does not wait for credentials longer than for SES, and uses them when they are there', async () => {
    const credentials = await startFakeSes();
    let giveCredentials = (): void => undefined;
    credentials.answer = (response) => {
      giveCredentials = () => {
        const Expiration = new Date(Date.now() + 3_600_000).toISOString();
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ AccessKeyId: 'a', SecretAccessKey: 'b', Token: 'c', Expiration }));
      };
    };
    jest.spyOn(console, 'warn').mockReturnValue(undefined); // The SDK tells that the credentials are late.
    const waiting = await startApplication({ AWS_ENDPOINT_URL_SES: ses.url });
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = credentials.url;
    ses.answer = accept;

    stopTime();
    const answered = send(waiting);
    await waitFor('the request for credentials', async () => credentials.requests.length > 0);
    await passTime(1_900);
    const first = await answered;
    expect(first.status).toBe(503);
    expect(first.body).toMatchObject({ code: 'MAIL_UNAVAILABLE' });

    giveCredentials();
    expect((await send(waiting)).status).toBe(200);
    await waiting.app.close();
    await credentials.stop();
  });
});
