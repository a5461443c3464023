import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
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
import { newUser } from '@usermgmt/testing/users';
import type { InjectOptions } from 'fastify';
import { ACCESS } from '../src/access-table.js';
import { OAuthClients } from '../src/oauth/oauth-clients.js';
import { TokenIssuer } from '../src/oauth/token-issuer.js';
import { service as description } from '../src/service.js';
import { UsersRepository } from '../src/users/users.repository.js';
import { localAuth, SECRET } from './support/local-auth.js';
import { insertUsers } from './support/rows.js';
import { startService, type TestService } from './support/service.js';

const ORIGIN = 'https://app.example.com';
/** The rest of a request's headers, and what a token needs beside the claim. */
const OTHER_HEADERS_BYTES = 1_024;
const HEADER_BYTES = CONNECTION_LIMITS.http.maxHeaderSize - OTHER_HEADERS_BYTES;
const [OWN, ADMIN, TARGET] = ['growing', 'growing-admin', 'growing-target'];

/** Limits would end the walk before it begins; what is read only with a setting is read here. */
const ENVIRONMENT = {
  CORS_ORIGINS: ORIGIN,
  TRUSTED_PROXIES: 'loopback',
  LEGACY_WRITING_GETS: 'true',
  LOG_LEVEL: 'trace',
  RATE_LIMIT_PER_MINUTE: '0',
  SIGN_UP_LIMIT_PER_HOUR: '0',
  AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9',
  AWS_XRAY_SAMPLING_RULES: JSON.stringify({
    version: 2,
    rules: [
      ...[{ description: '', host: '*a*b', http_method: '*', url_path: '*a*b', fixed_target: 0, rate: 0 }],
    ],
    default: { fixed_target: 0, rate: 1 },
  }),
};

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function started(environment: Readonly<Record<string, string>>): Promise<TestService> {
  const service = await startService({ ...ENVIRONMENT, ...environment });
  stops.push(() => service.stop());
  await insertUsers(service.dataSource, [
    { username: OWN },
    { username: ADMIN, role: 'ROLE_ADMIN' },
    { username: TARGET },
  ]);
  return service;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Each AUTH_MODE: the service, who calls it, and what its tokens say. */
const MODES: Readonly<Record<string, () => Promise<[TestService, Walked['senders'], Place[]]>>> = {
  none: async () => [await started({ AUTH_MODE: 'none' }), { anybody: {} }, []],
  local: async () => {
    const auth = localAuth();
    stops.push(() => {
      auth.drop();
    });
    const service = await started(auth.environment);
    const tokenOf = async (username: string): Promise<string> => {
      const user = await service.app.get(UsersRepository, { strict: false }).credentialsOf(username);
      const client = service.app.get(OAuthClients).find('page');
      return (await service.app.get(TokenIssuer).forUser(user!, client!)).token;
    };
    const [own, admin] = [await tokenOf(OWN), await tokenOf(ADMIN)];
    return [service, { stranger: {}, user: bearer(own), administrator: bearer(admin) }, []];
  },
  jwt: async () => {
    const issuer = await startIssuer();
    stops.push(() => issuer.stop());
    const service = await started({
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
    });
    const token = (role: string, username: string, claims: object = {}): Promise<string> =>
      issuer.token(username, 'usermgmt', {
        claims: { authorities: [role], jti: randomUUID(), ...claims },
      });
    const claims = ['sub', 'authorities', 'aud', 'kid'].map((claim): Place => ({
      ...{ route: 'PUT /user', input: `claim ${claim}`, sender: 'user', texts: TEXTS },
      most: HEADER_BYTES,
      sizeOf: (text) => Math.ceil((Buffer.byteLength(JSON.stringify(text)) * 4) / 3) + 512,
      request: async (text) => ({
        method: 'PUT',
        url: '/usermgmt/user',
        headers: {
          'content-type': 'application/json',
          ...bearer(await token('ROLE_USER', OWN, { [claim]: text })),
        },
        payload: JSON.stringify({ ...newUser(), username: text }),
      }),
    }));
    const [own, admin] = [await token('ROLE_USER', OWN), await token('ROLE_ADMIN', ADMIN)];
    return [service, { stranger: {}, user: bearer(own), administrator: bearer(admin) }, claims];
  },
};

/** Valid values for each route, so that a hostile one is the only thing that is wrong. */
function values(route: string, sender: string, field?: string): Record<string, unknown> {
  if (route === 'POST /oauth/token') {
    return {
      grant_type: field === 'refresh_token' ? 'refresh_token' : 'password',
      ...{ username: TARGET, password: 'Pass@123', scope: 'all' },
      client_id: field === 'client_secret' ? 'login-only' : 'page',
    };
  }
  if (route.startsWith('POST /oauth/')) return { token: 'a', client_id: 'login-only', client_secret: SECRET };
  if (route.startsWith('POST ')) return { ...newUser() };
  if (route.startsWith('DELETE ')) return { username: 'nobody' };
  const username = sender === 'user' ? OWN : TARGET;
  if (route.startsWith('PUT ')) return { ...newUser(), username };
  return {
    username,
    '*': 'swagger-ui.css',
    ...(field === 'password' && { currentPassword: 'Pass@123' }),
    limit: 1,
  };
}

describe.each(Object.keys(MODES))('AUTH_MODE=%s', (mode) => {
  it('works at most in proportion to what a client sends, for every input of every route', async () => {
    const [service, senders, others] = await MODES[mode]!();
    const written = jest.spyOn(LogStream.prototype, 'write').mockReturnValue(undefined);
    const fastify = service.app.getHttpAdapter().getInstance();
    const steps = await walk({
      fastify: { inject: (sent) => fastify.inject(sent as InjectOptions) },
      server: service.app.getHttpServer(),
      document: openApiDocument(service.app, description) as unknown as Document,
      contextPath: description.contextPath,
      table: ACCESS.table,
      ...{ origin: ORIGIN, senders, values, others, headerBytes: HEADER_BYTES },
    });
    process.stdout.write(report(`user-management, AUTH_MODE=${mode}`, steps));
    expect(tooMuch(steps)).toEqual([]);
    expect(notReached(steps)).toEqual([]);
    // Each request but those of probes wrote its log line, which was part of the work.
    expect(written.mock.calls.length).toBeGreaterThan(steps.length / 2);
  }, 600_000);
});
