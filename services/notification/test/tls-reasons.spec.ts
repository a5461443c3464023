import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keyFetch } from '@usermgmt/service-kit/auth/key-fetch';
import { reasonOf } from '@usermgmt/service-kit/reason';
import { makeCertificate } from '@usermgmt/testing/certificate';
import { startIssuer } from '@usermgmt/testing/token-issuer';
import request from 'supertest';
import { aMail, startApplication } from './support/application.js';
import { startSmtpServer } from './support/smtp-server.js';

let folder: string;
/** What a test has started, to be stopped however it ends. */
let started: (() => unknown)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notification-tls-'));
  started = [];
});
afterEach(async () => {
  for (const stop of started.toReversed()) await stop();
  rmSync(folder, { recursive: true });
});

/** Starts an HTTPS server with a certificate for a name, or one without TLS. @returns its port and its authority */
async function serve(name: string | undefined, hasExpired = false): Promise<{ port: number; ca: string }> {
  const { key, certificate } = makeCertificate(folder, name ?? 'DNS:localhost', hasExpired);
  const answer: RequestListener = (_request, response) => void response.end('{}');
  const server =
    name === undefined
      ? createHttpServer(answer)
      : createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, answer);
  started.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, ca: certificate };
}

describe('a refused certificate is told with its reason and the expected name', () => {
  const reasonAt = async (port: number, caFile?: string): Promise<string> => {
    const options = { headers: new Headers(), body: undefined, method: 'GET', redirect: 'manual' } as const;
    return keyFetch({ caFile })(`https://localhost:${port}/`, {
      ...options,
      signal: AbortSignal.timeout(10_000),
    }).then(
      () => 'it was not refused',
      (error: unknown) => reasonOf(error, 'localhost'),
    );
  };

  it.each([true, false])('another name, with an authority of its own: %s', async (withCa) => {
    const { port, ca } = await serve('DNS:keys.example.com,DNS:*.example.org');
    const reason = await reasonAt(port, withCa ? ca : undefined);
    expect(reason).toBe(
      withCa
        ? 'Error ERR_TLS_CERT_ALTNAME_INVALID: the certificate is not for the expected name localhost, but for DNS:keys.example.com, DNS:*.example.org'
        : 'TypeError Error DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate; expected name localhost',
    );
  });

  it('expired', async () => {
    const { port, ca } = await serve('DNS:localhost', true);
    expect(await reasonAt(port, ca)).toBe(
      'Error CERT_HAS_EXPIRED: certificate has expired; expected name localhost',
    );
  });

  it('no TLS at all', async () => {
    const { port, ca } = await serve(undefined);
    expect(await reasonAt(port, ca)).toMatch(/^Error (?:EPROTO|ERR_SSL_\w+): .+; expected name localhost$/);
  });

  it('a name of the certificate that would break a log line', async () => {
    const long = `DNS:${'a'.repeat(60)}.example.com,`.repeat(20).slice(0, -1);
    const { port, ca } = await serve(long);
    const reason = await reasonAt(port, ca);
    expect(reason).toMatch(/but for DNS:a+\.example\.com.*…$/);
    expect(reason.length).toBeLessThan(400);
  });
});

describe('the log of notification names the reason of TLS', () => {
  const start = async (environment: Record<string, string>): ReturnType<typeof startApplication> => {
    const application = await startApplication({ AUTH_MODE: 'none', ...environment });
    started.push(() => application.app.close());
    return application;
  };

  it('to the SMTP server', async () => {
    const smtp = await startSmtpServer();
    started.push(() => smtp.stop());
    const common = {
      AWS_MAIL_SERVER_HOST: '127.0.0.1',
      AWS_MAIL_SERVER_PORT: String(smtp.port),
      AWS_MAIL_SERVER_USERNAME: 'smtp-user',
      AWS_MAIL_SERVER_PASSWORD: 'smtp-secret',
    };
    const cases = [
      [
        { AWS_MAIL_SERVER_TLS_SERVERNAME: 'smtp.example.test' },
        'self-signed certificate; expected name smtp.example.test',
      ],
      [
        { AWS_MAIL_SERVER_TLS_SERVERNAME: 'mail.example.com', AWS_MAIL_SERVER_TLS_CA: smtp.ca },
        'the certificate is not for the expected name mail.example.com, but for DNS:smtp.example.test',
      ],
    ] as const;
    for (const [variables, reason] of cases) {
      const { server: http, logs } = await start({ ...common, ...variables });
      const sent = await request(http).post('/notification/send').send(aMail());
      expect(sent.body).toMatchObject({ code: 'MAIL_UNAVAILABLE' });
      expect(JSON.stringify(sent.body)).not.toContain('example');
      expect(logs.join('\n')).toContain(reason);
    }
  });

  it("to the issuer's keys", async () => {
    const issuer = await startIssuer({ certificate: makeCertificate(folder, 'IP:127.0.0.1') });
    started.push(() => issuer.stop());
    const { server: http, logs } = await start({
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
    });
    const refused = await request(http)
      .post('/notification/send')
      .set('authorization', `Bearer ${await issuer.token('user-management', 'notification')}`)
      .send(aMail());
    expect(refused.body).toMatchObject({ code: 'AUTH_UNAVAILABLE' });
    expect(logs.join('\n')).toMatch(/self-signed certificate; expected name 127\.0\.0\.1/);
  });
});
