import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { send, startApplication, type TestApplication } from './support/application.js';
import { type LocalMailbox, startLocalMailbox } from './support/local-mailbox.js';

describe('with the local mailbox', () => {
  let mailbox: LocalMailbox;
  let test: TestApplication;

  beforeAll(async () => {
    mailbox = await startLocalMailbox();
    test = await startApplication({
      AWS_ENDPOINT_URL_SES: mailbox.url,
      AWS_MAIL_SERVER_FROM_ADDRESS: 'sender@example.org',
    });
  });

  afterAll(async () => {
    await test.app.close();
    await mailbox.stop();
  });

  it('puts the mail into the mailbox', async () => {
    const response = await send(test, {
      subject: 'Grüße 👋 & <mehr>',
      content: 'Hello Jane,\nyour account = ready + “set up”.\n\n.\n',
      toEmails: ['Jane@example.com'],
      ccEmails: ['joe@example.com'],
      bccEmails: ['ann@example.com'],
    });
    expect(response.status).toBe(200);
    expect(await mailbox.mails()).toMatchObject([
      {
        from: 'sender@example.org',
        subject: 'Grüße 👋 & <mehr>',
        body: { text: 'Hello Jane,\nyour account = ready + “set up”.\n\n.\n' },
        destination: { to: ['Jane@example.com'], cc: ['joe@example.com'], bcc: ['ann@example.com'] },
      },
    ]);
  });

  it('is a dependency that is up', async () => {
    const response = await request(test.server).get('/notification/health/dependencies').expect(200);
    expect(response.body).toMatchObject({ details: { mail: { status: 'up' } } });
  });
});
