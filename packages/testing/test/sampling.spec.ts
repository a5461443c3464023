import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Receiver, startReceiver } from '@usermgmt/local-xray/receiver';
import { type HttpProcess, startNotification } from '../src/process.ts';
import { startIssuer, type TokenIssuer } from '../src/token-issuer.ts';
import { startTraced, type TracedSystem } from '../src/traced-system.ts';
import { waitFor } from '../src/wait.ts';

const newRoot = (): string =>
  `1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;
const rules = (path: string): string =>
  JSON.stringify({
    version: 2,
    rules: [{ host: '*', http_method: '*', url_path: path, fixed_target: 0, rate: 1 }],
    default: { fixed_target: 0, rate: 0 },
  });
const PARENT = '53995c3f42cd8ad8';

describe('Sampled=1', () => {
  let issuer: TokenIssuer;
  let receiver: Receiver;
  let service: HttpProcess;
  beforeAll(async () => {
    issuer = await startIssuer();
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await issuer.stop();
    await receiver.stop();
  });
  beforeEach(() => {
    receiver.clear();
  });
  afterEach(async () => {
    await service.process.stop('SIGKILL');
  });

  /** The rules trace /notification/info, and nothing else. */
  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    service = await startNotification({
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${receiver.port}`,
      AWS_XRAY_SAMPLING_RULES: rules('/notification/info'),
      ...environment,
    });
  };
  const byTokens = () =>
    start({ AUTH_MODE: 'jwt', AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URL: issuer.jwksUrl });
  const get = (path: string, header: string, token?: string): Promise<Response> =>
    fetch(`${service.url}/${path}`, {
      headers: {
        'x-amzn-trace-id': header,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
  /** The ids of the traces up to one that the rules let through: UDP keeps its order on one machine. */
  const tracedUntilNow = async (token?: string): Promise<string[]> => {
    const last = newRoot();
    await get('info', `Root=${last}`, token);
    const seen = () => receiver.traces().map(({ id }) => id);
    await waitFor('the last trace', () => Promise.resolve(seen().includes(last)));
    return seen().filter((id) => id !== last);
  };

  it('of any client is not obeyed: the rules decide', async () => {
    await start();
    for (let index = 0; index < 200; index += 1) {
      const asked = index % 2 === 0 ? `Root=${newRoot()};Sampled=1` : `Sampled=1;Parent=${PARENT}`;
      expect((await get('xray', asked)).status).toBe(200);
    }
    expect(await tracedUntilNow()).toEqual([]);
  });

  it('of any client lets it choose the id, where the rules say yes, and say no', async () => {
    await start();
    const [yes, no] = [newRoot(), newRoot()];
    await get('info', `Root=${yes};Sampled=1`);
    await get('info', `Root=${no};Sampled=0`);
    expect(await tracedUntilNow()).toEqual([yes]);
  });

  it('of a trusted proxy is obeyed, and of one that only X-Forwarded-For names it is not', async () => {
    await start({ TRUSTED_PROXIES: '::ffff:127.0.0.1' });
    const root = newRoot();
    await get('xray', `Root=${root};Parent=${PARENT};Sampled=1`);
    expect(await tracedUntilNow()).toEqual([root]);
    await service.process.stop('SIGKILL');
    receiver.clear();
    await start({ TRUSTED_PROXIES: '10.0.0.0/8' });
    await fetch(`${service.url}/xray`, {
      headers: { 'x-amzn-trace-id': 'Sampled=1', 'x-forwarded-for': '10.0.0.1' },
    });
    expect(await tracedUntilNow()).toEqual([]);
  });

  it("of the product's own service, by its token, is obeyed, and of no other token", async () => {
    await byTokens();
    const [own, stranger, nobody, wrong] = [newRoot(), newRoot(), newRoot(), newRoot()];
    const token = await issuer.token('user-management', 'notification');
    await get('xray', `Root=${stranger};Sampled=1`, await issuer.token('somebody', 'notification'));
    await get('xray', `Root=${nobody};Sampled=1`);
    await get('health-status', `Root=${nobody};Sampled=1`, token);
    await get('xray', `Root=${wrong};Sampled=1`, await issuer.token('user-management', 'other'));
    expect((await get('xray', `Root=${own};Parent=${PARENT};Sampled=1`, token)).status).toBe(200);
    expect(await tracedUntilNow(token)).toEqual([own]);
    const [segment] = receiver.traces().find(({ id }) => id === own)?.tree ?? [];
    expect((segment as { fields?: object } | undefined)?.fields).toMatchObject({
      parent_id: PARENT,
      annotations: { route: '/notification/xray' },
      http: { response: { status: 200 } },
    });
    expect(receiver.invalid()).toEqual([]);
  });
});

describe('a request that is sampled', () => {
  let system: TracedSystem;
  beforeAll(async () => {
    system = await startTraced({
      AWS_XRAY_SAMPLING_RULES: rules('/nothing'),
      TRUSTED_PROXIES: 'loopback',
    });
  });
  afterAll(() => system.stop());

  it('is one trace of both services', async () => {
    const root = newRoot();
    await fetch(`${system.users.url}/notification-xray`, {
      headers: { 'x-amzn-trace-id': `Root=${root};Sampled=1` },
    });
    const documents = await waitFor('both segments', () => {
      const own = system.receiver.documents() as unknown as { name: string; trace_id: string }[];
      return Promise.resolve(own.length >= 2 && own);
    });
    expect(documents.map(({ name, trace_id }) => [name, trace_id]).sort()).toEqual([
      ['notification-microservice', root],
      ['usermanagement-microservice', root],
    ]);
  });
});
