import { expect, it } from '@jest/globals';
import type { SMTPServerOptions } from 'smtp-server';
import { aMail, send, startApplication } from './support/application.js';
import { smtpSettings, startSmtpServer } from './support/smtp-server.js';

it('sends to the ASCII form of a Unicode domain, in headers and envelope', async () => {
  // What the server hands on is decoded; its log has the commands as they came.
  const lines: string[] = [];
  const log = (...parts: unknown[]) => lines.push(parts.map(String).join(' '));
  const logger = { level: log, trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  const smtp = await startSmtpServer({
    logger: logger as unknown as Exclude<SMTPServerOptions['logger'], boolean>,
  });
  const test = await startApplication(smtpSettings(smtp));
  const mail = aMail({
    toEmails: ['user@przykład.pl'],
    ccEmails: ['a@bücher.example'],
    bccEmails: ['b@例え.jp'],
  });
  try {
    expect((await send(test, mail)).status).toBe(200);
  } finally {
    await test.app.close();
    await smtp.stop();
  }
  const commands = lines.join('\n');
  for (const address of ['user@xn--przykad-rjb.pl', 'a@xn--bcher-kva.example', 'b@xn--r8jz45g.jp'])
    expect(commands).toContain(`RCPT TO:<${address}>`);
  expect(commands).not.toMatch(/MAIL FROM.*SMTPUTF8/);
  const [received] = smtp.received;
  expect(received?.raw).toContain('To: user@xn--przykad-rjb.pl\r\n');
  expect(received?.raw).toContain('Cc: a@xn--bcher-kva.example\r\n');
});
