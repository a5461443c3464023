import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessRows } from '@usermgmt/service-kit/auth/access-markdown';
import { Lifecycle } from '@usermgmt/service-kit/lifecycle';
import { makeCertificate } from '@usermgmt/testing/certificate';
import { startIssuer, type TokenIssuer } from '@usermgmt/testing/token-issuer';
import request, { type Response } from 'supertest';
import { ACCESS, MAIL_SENDER } from '../src/access-table.js';
import { aMail, startApplication, type TestApplication } from './support/application.js';
import { type FakeSes, startFakeSes } from './support/fake-ses.js';

const SENDER = 'system:serviceaccount:default:user-management';
const PATHS: Readonly<Record<string, string>> = { '/docs/*': '/docs/swagger-ui-init.js' };

let folder: string;
let cluster: TokenIssuer;
let stranger: TokenIssuer;
let ses: FakeSes;
let test: TestApplication;

/** The cluster's API server: its own authority, and keys for those only who show a token of theirs. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'notification-access-'));
  const certificate = makeCertificate(folder, 'IP:127.0.0.1');
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'token-of-this-pod\n');
  cluster = await startIssuer({ certificate, wantsToken: 'token-of-this-pod' });
  stranger = await startIssuer();
  ses = await startFakeSes();
  test = await startApplication({
    AWS_ENDPOINT_URL_SES: ses.url,
    AUTH_MODE: 'jwt',
    AUTH_ISSUER: cluster.issuer,
    AUTH_JWKS_URL: cluster.jwksUrl,
    AUTH_JWKS_CA_FILE: certificate.certificate,
    AUTH_JWKS_TOKEN_FILE: tokenFile,
    AUTH_SUBJECTS: `${SENDER},user-management`,
  });
  test.app.get(Lifecycle).started();
});
afterAll(async () => {
  await test.app.close();
  await ses.stop();
  await cluster.stop();
  await stranger.stop();
  rmSync(folder, { recursive: true });
});

const ROWS = accessRows(ACCESS, [MAIL_SENDER]).map(([route = '', nobody, sender]) => {
  const [method = '', path = ''] = route.replaceAll('`', '').split(' ');
  return {
    method,
    path: PATHS[path] ?? path,
    isOpen: nobody === 'yes',
    senderMay: sender === 'yes',
    success: path === '/' ? 302 : 200,
  };
});

/** Every kind of token that must not let anybody in, and what it gets. */
const WRONG: Readonly<Record<string, readonly [number, string, () => string | Promise<string>]>> = {
  "a stranger's pod's": [
    403,
    'FORBIDDEN',
    () => cluster.token('system:serviceaccount:default:default', 'notification'),
  ],
  "another namespace's": [
    403,
    'FORBIDDEN',
    () => cluster.token('system:serviceaccount:other:user-management', 'notification'),
  ],
  'for the API server': [401, 'TOKEN_INVALID', () => cluster.token(SENDER, 'https://kubernetes.default.svc')],
  expired: [401, 'TOKEN_INVALID', () => cluster.token(SENDER, 'notification', { lifetime: -31 })],
  "another issuer's": [401, 'TOKEN_INVALID', () => stranger.token(SENDER, 'notification')],
  "another issuer's, with the name of the cluster": [
    401,
    'TOKEN_INVALID',
    () => stranger.token(SENDER, 'notification', { claims: { iss: cluster.issuer } }),
  ],
  unsigned: [401, 'TOKEN_INVALID', () => cluster.unsigned(SENDER, 'notification')],
  'signed with the public key as a secret': [
    401,
    'TOKEN_INVALID',
    () => cluster.signedWithPublicKey(SENDER, 'notification'),
  ],
};

function call(method: string, path: string, token?: string): Promise<Response> {
  const asked =
    method === 'POST'
      ? request(test.server).post(`/notification${path}`).send(aMail())
      : request(test.server).get(`/notification${path}`);
  return token === undefined ? asked : asked.set('authorization', `Bearer ${token}`);
}

function expectRefusal(response: Response, status: number, code: string): void {
  expect(response.status).toBe(status);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
  expect(response.body).toMatchObject({ status, code });
  expect(ses.requests).toHaveLength(0);
}

describe.each(ROWS)('$method $path', ({ method, path, isOpen, senderMay, success }) => {
  it('without a token', async () => {
    const response = await call(method, path);
    if (isOpen) expect(response.status).toBe(success);
    else expectRefusal(response, 401, 'TOKEN_MISSING');
  });

  it.each(Object.keys(WRONG))('with a token that is %s', async (what) => {
    const [status, code, token] = WRONG[what]!;
    const response = await call(method, path, await token());
    if (isOpen) expect(response.status).toBe(success);
    else expectRefusal(response, status, code);
  });

  it.each([SENDER, 'user-management'])('as %s', async (subject) => {
    const response = await call(method, path, await cluster.token(subject, 'notification'));
    expect(response.status).toBe(senderMay ? success : 403);
    ses.requests.length = 0;
  });
});

describe("the cluster's keys", () => {
  it('were asked for once, with the token of this pod', () => {
    expect(cluster.requests.map(({ authorization }) => authorization)).toEqual(['Bearer token-of-this-pod']);
  });

  it('are not asked of a server that another authority has signed', async () => {
    const distrustful = await startApplication({
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: cluster.issuer,
      AUTH_JWKS_URL: cluster.jwksUrl,
    });
    const response = await request(distrustful.server)
      .post('/notification/send')
      .set('authorization', `Bearer ${await cluster.token('user-management', 'notification')}`)
      .send(aMail());
    await distrustful.app.close();
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: 'AUTH_UNAVAILABLE' });
  });
});
