import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTraced, type TracedSystem } from '../src/traced-system.ts';
import { waitFor } from '../src/wait.ts';

interface Request {
  client_ip: string;
  x_forwarded_for?: boolean;
}

/** What a trace says of who sent a request with this header. */
async function traced({ users, receiver }: TracedSystem, forwarded: string): Promise<Request> {
  const root = `1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;
  await fetch(`${users.url}/hello`, {
    headers: { 'x-amzn-trace-id': `Root=${root};Sampled=1`, 'x-forwarded-for': forwarded },
  });
  const [segment] = await waitFor('the trace', () =>
    Promise.resolve(receiver.traces().find(({ id }) => id === root)?.tree),
  );
  return (segment as unknown as { fields: { http: { request: Request } } }).fields.http.request;
}

describe.each([
  ['nobody', {}, '203.0.113.9', '127.0.0.1', undefined],
  ['the proxy', { TRUSTED_PROXIES: 'loopback' }, '203.0.113.9', '203.0.113.9', true],
  [
    'the proxy, and not what the client says to it',
    { TRUSTED_PROXIES: '127.0.0.0/8' },
    '10.9.9.9, 203.0.113.9',
    '203.0.113.9',
    true,
  ],
] as const)('X-Forwarded-For where %s is trusted', (_whom, environment, header, client, isForwarded) => {
  let system: TracedSystem;
  beforeAll(async () => {
    system = await startTraced(environment);
  });
  afterAll(() => system.stop());

  it('gives traces the address of the client', async () => {
    const { client_ip, x_forwarded_for } = await traced(system, header);
    expect(client_ip).toBe(client);
    expect(x_forwarded_for).toBe(isForwarded);
  });
});
