import { setTimeout as sleep } from 'node:timers/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { aMail, PRIVATE, startApplication, type TestApplication } from './support/application.js';
import { freePort } from './support/local-mailbox.js';
import {
  CERTIFICATE_NAME,
  PASSWORD,
  startSmtpServer,
  type TestSmtpServer,
  USER,
} from './support/smtp-server.js';

let smtp: TestSmtpServer;
let test: TestApplication;

const settings = (changes: Record<string, string> = {}): Record<string, string> => ({
  AWS_MAIL_SERVER_HOST: '127.0.0.1',
  AWS_MAIL_SERVER_PORT: String(smtp.port),
  AWS_MAIL_SERVER_USERNAME: USER,
  AWS_MAIL_SERVER_PASSWORD: PASSWORD,
  AWS_MAIL_SERVER_FROM_ADDRESS: 'sender@example.org',
  AWS_MAIL_SERVER_TLS_SERVERNAME: CERTIFICATE_NAME,
  AWS_MAIL_SERVER_TLS_CA: smtp.ca,
  ...changes,
});

const send = (body = aMail(), on = test): Promise<Response> =>
  Promise.resolve(request(on.server).post('/notification/send').send(body));

beforeAll(async () => {
  smtp = await startSmtpServer();
  test = await startApplication(settings());
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
    await send();
    const before = smtp.connections;
    for (let i = 0; i < 5; i += 1) expect((await send()).status).toBe(200);
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
      expect((await send(aMail(change))).status).toBe(400);
    }
    expect(smtp.received).toEqual([]);
  });

  it.each([
    ['550 5.1.1 <private.person@example.com> No such user', 422, 'RECIPIENT_REJECTED'],
    ['450 4.2.1 private.person@example.com is busy', 503, 'MAIL_UNAVAILABLE'],
    ['454 Throttling failure: Maximum sending rate exceeded', 503, 'MAIL_THROTTLED'],
  ])('answers to a recipient that gets %j', async (reply, status, code) => {
    smtp.reply.recipient = () => reply;
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ code });
    expectPrivacy(response);
    smtp.reply = {};
    expect((await send()).status).toBe(200);
  });

  it.each([
    ['554 Message rejected: private.person@example.com is not verified', 422, 'MESSAGE_REJECTED'],
    ['554 Message rejected: sender@example.org is not verified', 503, 'MAIL_UNAVAILABLE'],
    ['451 Local error', 503, 'MAIL_UNAVAILABLE'],
  ])('answers to a message that gets %j', async (reply, status, code) => {
    smtp.reply.message = () => reply;
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ code });
    expectPrivacy(response);
  });

  it('counts a mail as accepted if one recipient was, and logs how many were not', async () => {
    smtp.reply.recipient = (address) => (address.startsWith('bad') ? '550 no' : undefined);
    const toEmails = ['bad1@example.com', 'good@example.com', 'bad2@example.com'];
    expect((await send(aMail({ toEmails }))).status).toBe(200);
    expect(smtp.received.map(({ recipients }) => recipients)).toEqual([['good@example.com']]);
    expect(test.logs.join('\n')).toContain('2 recipients of a mail were refused');
    expect(test.logs.join('\n')).not.toContain('bad1');
  });

  it('has the mail repeated if one recipient is deferred and the others are refused', async () => {
    smtp.reply.recipient = (address) => (address.startsWith('bad') ? '550 no' : '450 later');
    const toEmails = ['bad1@example.com', 'slow@example.com', 'bad2@example.com'];
    expect((await send(aMail({ toEmails }))).status).toBe(503);
  });

  it('is a dependency that is up, and asking for it sends nothing', async () => {
    const response = await request(test.server).get('/notification/health/dependencies').expect(200);
    expect(response.body).toMatchObject({ details: { mail: { status: 'up' } } });
    expect(smtp.received).toEqual([]);
  });
});

describe('with an SMTP server that it must not or cannot use', () => {
  let started: TestApplication;

  afterEach(() => started.app.close());

  async function sendWith(changes: Record<string, string>): Promise<Response> {
    started = await startApplication(settings(changes));
    const start = performance.now();
    const response = await send(aMail(), started);
    expect(performance.now() - start).toBeLessThan(1_900);
    return response;
  }

  it.each([
    [
      'a certificate for another name',
      { AWS_MAIL_SERVER_TLS_SERVERNAME: 'other.example.test' },
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'a certificate for another name than the host',
      { AWS_MAIL_SERVER_TLS_SERVERNAME: '' },
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['a certificate that nobody vouches for', { AWS_MAIL_SERVER_TLS_CA: '' }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['a wrong password', { AWS_MAIL_SERVER_PASSWORD: 'smtp-secret-2' }, 'EAUTH'],
  ])('answers 503 to %s', async (_name, changes, reason) => {
    const response = await sendWith(changes);
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
    expect(response.headers['retry-after']).toBe('5');
    expect(started.logs.join('\n')).toContain(reason);
    expectPrivacy(response, started);
    const health = await request(started.server).get('/notification/health/dependencies');
    expect(health.body).toMatchObject({ details: { mail: { status: 'down' } } });
    expect(health.text).toContain(reason);
    for (const secret of PRIVATE) expect(health.text).not.toContain(secret);
    expect(smtp.received).toEqual([]);
  });

  it('answers 503 to a server without STARTTLS, and tells it nothing', async () => {
    const plain = await startSmtpServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const response = await sendWith({ AWS_MAIL_SERVER_PORT: String(plain.port) });
    await started.app.close();
    await plain.stop();
    expect(response.status).toBe(503);
    expect(plain.received).toEqual([]);
  });

  it('answers 503 where nobody listens', async () => {
    const response = await sendWith({ AWS_MAIL_SERVER_PORT: String(await freePort()) });
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
  });

  it.each([
    ['never greets', (): void => undefined],
    [
      'greets and then says nothing',
      (socket: Socket): void => {
        socket.write('220 hello\r\n');
      },
    ],
    [
      'dribbles its greeting',
      (socket: Socket): void => {
        const timer = setInterval(() => socket.write('220-wait\r\n'), 100);
        socket.once('close', () => {
          clearInterval(timer);
        });
      },
    ],
    [
      'hangs up',
      (socket: Socket): void => {
        socket.destroy();
      },
    ],
  ])('answers 503 within 2 s to a server that %s', async (_name, behave) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      behave(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const response = await sendWith({ AWS_MAIL_SERVER_PORT: String(port) });
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
  });

  it('answers 503 within 2 s to a server that takes the mail and does not say so', async () => {
    const slow = await startSmtpServer({ onData: (stream) => void stream.resume() });
    const response = await sendWith({
      AWS_MAIL_SERVER_PORT: String(slow.port),
      AWS_MAIL_SERVER_TLS_CA: slow.ca,
    });
    await started.app.close();
    await slow.stop();
    expect(response.status).toBe(503);
  });
});

it('uses a new connection when the server has closed the kept one', async () => {
  const impatient = await startSmtpServer({ socketTimeout: 200 });
  const app = await startApplication(
    settings({ AWS_MAIL_SERVER_PORT: String(impatient.port), AWS_MAIL_SERVER_TLS_CA: impatient.ca }),
  );
  expect((await send(aMail(), app)).status).toBe(200);
  await sleep(500);
  expect((await send(aMail(), app)).status).toBe(200);
  await app.app.close();
  await impatient.stop();
  expect(impatient.received).toHaveLength(2);
});

it('sends over a new connection what the server hung up on before it had any of it', async () => {
  let mails = 0;
  const rude = await startSmtpServer({
    onMailFrom: (_address, _session, done) => {
      mails += 1;
      if (mails === 2) rude.cut();
      else done();
    },
  });
  const app = await startApplication(
    settings({ AWS_MAIL_SERVER_PORT: String(rude.port), AWS_MAIL_SERVER_TLS_CA: rude.ca }),
  );
  expect((await send(aMail(), app)).status).toBe(200);
  expect((await send(aMail(), app)).status).toBe(200);
  await app.app.close();
  await rude.stop();
  expect([mails, rude.connections, rude.received.length]).toEqual([3, 2, 2]);
});

it('closes its connections when the service stops', async () => {
  const server = await startSmtpServer();
  const app = await startApplication(
    settings({ AWS_MAIL_SERVER_PORT: String(server.port), AWS_MAIL_SERVER_TLS_CA: server.ca }),
  );
  expect((await send(aMail(), app)).status).toBe(200);
  await app.app.close();
  const start = performance.now();
  await server.stop(); // Waits for connections that are open.
  expect(performance.now() - start).toBeLessThan(1_000);
});

function expectPrivacy(response: Response, on = test): void {
  for (const secret of PRIVATE) expect(`${response.text}\n${on.logs.join('\n')}`).not.toContain(secret);
}

function decodeQuotedPrintable(text: string): string {
  const bytes = text
    .trimEnd()
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
