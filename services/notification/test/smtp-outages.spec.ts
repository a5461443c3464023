import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { SEND_DEADLINE_MS } from '../src/mail/mail-sender.js';
import { expectPrivacy, send, startApplication, type TestApplication } from './support/application.js';
import { freePort } from './support/local-mailbox.js';
import { smtpSettings, startSmtpServer, type TestSmtpServer } from './support/smtp-server.js';

let smtp: TestSmtpServer;
let started: TestApplication;

beforeAll(async () => {
  smtp = await startSmtpServer();
});

afterEach(() => started.app.close());

afterAll(() => smtp.stop());

describe('with an SMTP server that it must not or cannot use', () => {
  async function sendWith(changes: Record<string, string>): Promise<Response> {
    started = await startApplication(smtpSettings(smtp, changes));
    return send(started);
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
    expectPrivacy(health, started);
    expect(smtp.received).toEqual([]);
  });

  it('answers 503 to a server without STARTTLS, and tells it nothing', async () => {
    let logins = 0;
    const plain = await startSmtpServer({
      hideSTARTTLS: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => {
        logins += 1;
        done(null, { user: 'anybody' });
      },
    });
    const response = await sendWith({ AWS_MAIL_SERVER_PORT: String(plain.port) });
    await started.app.close();
    await plain.stop();
    expect(response.status).toBe(503);
    expect([plain.connections > 0, logins, plain.received]).toEqual([true, 0, []]);
  });

  it('answers 503 where nobody listens', async () => {
    const response = await sendWith({ AWS_MAIL_SERVER_PORT: String(await freePort()) });
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
  });

  /** Which deadline ends the attempt: that of the greeting, or on a busy machine that of all. */
  const LATE = /^SMTP: (ETIMEDOUT|EABORT)\b/;

  it('gives up after 1.4 s, so that a client has its answer within 2 s', () => {
    expect(SEND_DEADLINE_MS).toBe(1_400);
  });

  it.each([
    ['never greets', LATE, (): void => undefined],
    [
      'greets and then says nothing',
      LATE,
      (socket: Socket): void => {
        socket.write('220 hello\r\n');
      },
    ],
    [
      'dribbles its greeting',
      LATE,
      (socket: Socket): void => {
        const timer = setInterval(() => socket.write('220-wait\r\n'), 100);
        socket.once('close', () => {
          clearInterval(timer);
        });
      },
    ],
    [
      'hangs up',
      /^SMTP: ECONNECTION\b/,
      (socket: Socket): void => {
        socket.destroy();
      },
    ],
  ])('answers 503 to a server that %s', async (_name, end, behave) => {
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
    expect(response.body).toMatchObject({ code: 'MAIL_UNAVAILABLE', reason: expect.stringMatching(end) });
  });

  it('answers 503 to a server that takes the mail and does not say so', async () => {
    const slow = await startSmtpServer({ onData: (stream) => void stream.resume() });
    const response = await sendWith({
      AWS_MAIL_SERVER_PORT: String(slow.port),
      AWS_MAIL_SERVER_TLS_CA: slow.ca,
    });
    await started.app.close();
    await slow.stop();
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ reason: expect.stringMatching(/^SMTP: EABORT\b/) });
  });
});
