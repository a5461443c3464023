import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { aMail, expectPrivacy, send, startApplication, type TestApplication } from './support/application.js';
import { smtpSettings, startSmtpServer, type TestSmtpServer } from './support/smtp-server.js';

let smtp: TestSmtpServer;
let test: TestApplication;

beforeAll(async () => {
  smtp = await startSmtpServer();
  test = await startApplication(smtpSettings(smtp));
});

beforeEach(() => {
  smtp.received.length = 0;
  smtp.reply = {};
  test.logs.length = 0;
});

afterAll(async () => {
  await test.app.close();
  await smtp.stop();
});

describe('with an SMTP server', () => {
  it('sends the mail to every recipient, and names bcc in no header', async () => {
    const response = await send(
      test,
      aMail({
        subject: 'Grüße 👋',
        content: 'Line 1\n.\nLine 3 — “quoted”',
        toEmails: ['Jane@example.com', "o'brien+x@example.com"],
        ccEmails: ['joe@example.com', 'JANE@example.com'],
        bccEmails: ['hidden@example.com'],
      }),
    );
    expect(response.status).toBe(200);
    expect(response.text).toBe('');
    const [mail, ...more] = smtp.received;
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      from: 'sender@example.org',
      recipients: ['Jane@example.com', "o'brien+x@example.com", 'joe@example.com', 'hidden@example.com'],
    });
    const [head = '', body = ''] = mail?.raw.split('\r\n\r\n', 2) ?? [];
    expect(head).toContain("To: Jane@example.com, o'brien+x@example.com");
    expect(head).toContain('Cc: joe@example.com');
    expect(head).toContain('From: sender@example.org');
    expect(head).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(head).not.toMatch(/hidden|^bcc:/im);
    expect(decodeQuotedPrintable(body)).toBe('Line 1\r\n.\r\nLine 3 — “quoted”');
  });

  it('uses one connection for many mails', async () => {
    await send(test);
    const before = smtp.connections;
    for (let i = 0; i < 5; i += 1) expect((await send(test)).status).toBe(200);
    expect(smtp.connections).toBe(before);
    expect(smtp.received).toHaveLength(6);
  });

  it.each(['\r\nBcc: evil@example.com', '\nX: y', '\r', '\u0000'])('lets %j into no header', async (text) => {
    for (const change of [
      { subject: `Hello${text}` },
      { toEmails: [`a@example.com${text}`] },
      { ccEmails: [`a@example.com>${text}`] },
      { bccEmails: [`${text}a@example.com`] },
    ]) {
      expect((await send(test, aMail(change))).status).toBe(400);
    }
    expect(smtp.received).toEqual([]);
  });

  it.each([
    ['550 5.1.1 <private.person@example.com> No such user', 422, 'RECIPIENT_REJECTED'],
    ['450 4.2.1 private.person@example.com is busy', 503, 'MAIL_UNAVAILABLE'],
    ['454 Throttling failure: Maximum sending rate exceeded', 503, 'MAIL_THROTTLED'],
    ['550 5.4.5 Daily user sending limit exceeded', 503, 'MAIL_THROTTLED'],
    ['554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException', 503, 'MAIL_THROTTLED'],
    ['554 5.7.1 Client host blocked', 503, 'MAIL_UNAVAILABLE'],
    ['550 5.7.1 Relaying denied', 503, 'MAIL_UNAVAILABLE'],
    ['550 No such user', 422, 'RECIPIENT_REJECTED'],
  ])('answers to a recipient that gets %j', async (reply, status, code) => {
    smtp.reply.recipient = () => reply;
    const response = await send(test);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ code });
    expectPrivacy(response, test);
    smtp.reply = {};
    expect((await send(test)).status).toBe(200);
  });

  it.each([
    ['554 Message rejected: private.person@example.com is not verified', 503, 'MAIL_ADDRESS_NOT_VERIFIED'],
    ['554 Message rejected: sender@example.org is not verified', 503, 'MAIL_ADDRESS_NOT_VERIFIED'],
    ['451 Local error', 503, 'MAIL_UNAVAILABLE'],
    ['550 5.4.5 Daily user sending limit exceeded', 503, 'MAIL_THROTTLED'],
    ['554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException', 503, 'MAIL_THROTTLED'],
    ['554 5.7.1 Client host blocked', 503, 'MAIL_UNAVAILABLE'],
    ['552 5.3.4 Message too big', 422, 'MESSAGE_REJECTED'],
    ['554 5.6.0 private.person@example.com sent nonsense', 422, 'MESSAGE_REJECTED'],
  ])('answers to a message that gets %j', async (reply, status, code) => {
    smtp.reply.message = () => reply;
    const response = await send(test);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ code });
    expectPrivacy(response, test);
    const { reason } = response.body as { reason: string };
    const [enhanced = ''] = /\d\.\d\.\d/.exec(reply) ?? [];
    expect(reason).toContain(`SMTP: EMESSAGE DATA ${reply.slice(0, 3)} ${enhanced}`.trim());
    expect(test.logs.join('\n')).toContain(reason);
  });

  it('counts a mail as accepted if one recipient was, and logs how many were not', async () => {
    smtp.reply.recipient = (address) => (address.startsWith('bad') ? '550 no' : undefined);
    const toEmails = ['bad1@example.com', 'good@example.com', 'bad2@example.com'];
    expect((await send(test, aMail({ toEmails }))).status).toBe(200);
    expect(smtp.received.map(({ recipients }) => recipients)).toEqual([['good@example.com']]);
    expect(test.logs.join('\n')).toContain('2 recipients of a mail were refused');
    expect(test.logs.join('\n')).not.toContain('bad1');
  });

  it('has the mail repeated if one recipient is deferred and the others are refused', async () => {
    smtp.reply.recipient = (address) => (address.startsWith('bad') ? '550 no' : '450 later');
    const toEmails = ['bad1@example.com', 'slow@example.com', 'bad2@example.com'];
    expect((await send(test, aMail({ toEmails }))).status).toBe(503);
  });

  it('is a dependency that is up, and asking for it sends nothing', async () => {
    const response = await request(test.server).get('/notification/health/dependencies').expect(200);
    expect(response.body).toMatchObject({ details: { mail: { status: 'up' } } });
    expect(smtp.received).toEqual([]);
  });
});

function decodeQuotedPrintable(text: string): string {
  const bytes = text
    .trimEnd()
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
