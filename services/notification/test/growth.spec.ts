import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Lifecycle } from '@usermgmt/service-kit/lifecycle';
import { LogStream } from '@usermgmt/service-kit/log-stream';
import { openApiDocument } from '@usermgmt/service-kit/openapi';
import { CONNECTION_LIMITS } from '@usermgmt/service-kit/protection/connection-limits';
import { TEXTS } from '@usermgmt/testing/growth/hostile-texts';
import type { Place } from '@usermgmt/testing/growth/place';
import { notReached, report, tooMuch } from '@usermgmt/testing/growth/report';
import type { Document } from '@usermgmt/testing/growth/schema';
import { walk } from '@usermgmt/testing/growth/walk';
import type { Walked } from '@usermgmt/testing/growth/walked';
import { startIssuer } from '@usermgmt/testing/token-issuer';
import type { InjectOptions } from 'fastify';
import { ACCESS } from '../src/access-table.js';
import { service as description } from '../src/service.js';
import { startApplication, type TestApplication } from './support/application.js';
import { startFakeSes } from './support/fake-ses.js';
import { smtpSettings, startSmtpServer } from './support/smtp-server.js';

const ORIGIN = 'https://app.example.com';
/** The rest of a request's headers, and what a token needs beside the claim. */
const OTHER_HEADERS_BYTES = 1_024;
const HEADER_BYTES = CONNECTION_LIMITS.http.maxHeaderSize - OTHER_HEADERS_BYTES;
const SENDER = 'user-management';
const MAIL = { subject: 'a', content: 'b', toEmails: ['jane@example.com'] };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Without the limits that would end the walk, and with each setting that makes the service read or write more. */
const ENVIRONMENT = {
  CORS_ORIGINS: ORIGIN,
  TRUSTED_PROXIES: 'loopback',
  LOG_LEVEL: 'trace',
  RATE_LIMIT_PER_MINUTE: '0',
  AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9',
  AWS_XRAY_SAMPLING_RULES: JSON.stringify({
    version: 2,
    rules: [{ description: '', host: '*a*b', http_method: '*', url_path: '*a*b', fixed_target: 0, rate: 0 }],
    default: { fixed_target: 0, rate: 1 },
  }),
};

async function started(environment: Readonly<Record<string, string>>): Promise<TestApplication> {
  const test = await startApplication({ ...ENVIRONMENT, ...environment });
  stops.push(() => test.app.close());
  await test.app.listen({ host: '127.0.0.1', port: 0 });
  test.app.get(Lifecycle).started();
  return test;
}

/** Each AUTH_MODE, with one of the two ways out for mail. */
const MODES: Readonly<Record<string, () => Promise<[TestApplication, Walked['senders'], Place[]]>>> = {
  none: async () => {
    const ses = await startFakeSes();
    stops.push(() => ses.stop());
    return [await started({ AWS_ENDPOINT_URL_SES: ses.url }), { anybody: {} }, []];
  },
  jwt: async () => {
    const [issuer, smtp] = [await startIssuer(), await startSmtpServer()];
    stops.push(
      () => issuer.stop(),
      () => smtp.stop(),
    );
    const test = await started({
      ...smtpSettings(smtp),
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
    });
    const bearer = async (claims: object = {}) => ({
      authorization: `Bearer ${await issuer.token(SENDER, 'notification', { claims: { jti: randomUUID(), ...claims } })}`,
    });
    const claims = ['sub', 'aud'].map((claim): Place => ({
      ...{ route: 'POST /send', input: `claim ${claim}`, sender: 'stranger', texts: TEXTS },
      most: HEADER_BYTES,
      sizeOf: (text) => Math.ceil((Buffer.byteLength(JSON.stringify(text)) * 4) / 3) + 512,
      request: async (text) => ({
        ...{ method: 'POST', url: '/notification/send' },
        headers: { 'content-type': 'application/json', ...(await bearer({ [claim]: text })) },
        payload: JSON.stringify(MAIL),
      }),
    }));
    return [test, { stranger: {}, sender: await bearer() }, claims];
  },
};

describe.each(Object.keys(MODES))('AUTH_MODE=%s', (mode) => {
  it('works at most in proportion to what a client sends, for every input of every route', async () => {
    const [{ app }, senders, others] = await MODES[mode]!();
    const written = jest.spyOn(LogStream.prototype, 'write').mockReturnValue(undefined);
    const fastify = app.getHttpAdapter().getInstance();
    const steps = await walk({
      fastify: { inject: (sent) => fastify.inject(sent as InjectOptions) },
      server: app.getHttpServer(),
      document: openApiDocument(app, description) as unknown as Document,
      contextPath: description.contextPath,
      table: ACCESS.table,
      values: () => ({ ...MAIL, '*': 'swagger-ui.css' }),
      ...{ origin: ORIGIN, senders, others, headerBytes: HEADER_BYTES },
    });
    process.stdout.write(report(`notification, AUTH_MODE=${mode}`, steps));
    expect(tooMuch(steps)).toEqual([]);
    expect(notReached(steps)).toEqual([]);
    // Each request but those of probes wrote its log line, which was part of the work.
    expect(written.mock.calls.length).toBeGreaterThan(steps.length / 2);
  }, 900_000);
});
