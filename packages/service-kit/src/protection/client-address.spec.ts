import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { canonicalAddress, canonicalizeAddresses, readableHops } from './client-address.js';
import { networkOf } from './client-network.js';
import { trustedProxies } from './trusted-proxies.js';

const FORMS: Readonly<Record<string, readonly string[]>> = {
  '203.0.113.9': [
    '203.0.113.9',
    '203.0.113.9:40001',
    '203.0.113.9:1',
    '::ffff:203.0.113.9',
    '::FFFF:CB00:7109',
    '0:0:0:0:0:ffff:cb00:7109',
    '[::ffff:203.0.113.9]',
    '[::ffff:cb00:7109]:443',
  ],
  '2001:db8::1': [
    '2001:db8::1',
    '2001:DB8:0:0::0001',
    '[2001:db8::1]',
    '[2001:db8::1]:443',
    '[2001:0db8::1]:65535',
  ],
  'fe80::1': ['fe80::1', 'fe80::1%eth0', '[fe80::1%25eth0]:80'],
};
const FORM_LIST = Object.entries(FORMS).flatMap(([address, forms]) => forms.map((form) => [form, address]));

const GARBAGE = [
  'unknown',
  '_hidden',
  'client.example',
  '203.0.113',
  '203.0.113.9.1',
  '203.000.113.009',
  '0x7f000001',
  '127.1',
  '203.0.113.9:',
  '203.0.113.9:x',
  '203.0.113.9:123456',
  '203.0.113.9:1:2',
  '[203.0.113.9]:80',
  '[2001:db8::1',
  '2001:db8::1]:80',
  '[]:80',
  '[',
  ':80',
  '"203.0.113.9"',
  '2001:db8::1::2',
  'for=203.0.113.9',
  '%',
  '٢٠٣.0.113.9',
  'a'.repeat(8_000),
  `fe80::1%${'z'.repeat(8_000)}`,
  `[${'1:'.repeat(4_000)}]`,
  '1'.repeat(8_000),
];

describe('canonicalAddress', () => {
  it.each(FORM_LIST)('writes %s as %s', (form = '', address = '') => {
    expect(canonicalAddress(form)).toBe(address);
  });

  it.each(['', ...GARBAGE])('takes no %.40j', (text) => {
    expect(canonicalAddress(text)).toBeUndefined();
  });
});

describe('readableHops', () => {
  it.each([
    ['', ''],
    [' , ,', ''],
    ['10.0.0.1:80,[2001:db8::1]:443 ,\t203.0.113.9:1', '10.0.0.1, 2001:db8::1, 203.0.113.9'],
    ['198.51.100.1,, 203.0.113.9,', '198.51.100.1, 203.0.113.9'],
    ['198.51.100.1, unknown, 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, unknown', ''],
  ])('%j: %j', (header, hops) => {
    expect(readableHops(header)).toBe(hops);
  });

  it('ends after 32 hops, the last ones', () => {
    const hops = Array.from({ length: 100 }, (_, index) => `10.0.0.${index}`);
    expect(readableHops(hops.join())).toBe(hops.slice(-32).join(', '));
  });
});

describe('request.ip', () => {
  let fastify: FastifyInstance;
  afterEach(() => fastify.close());

  /** Starts a server. @returns what it takes a client for that sends these headers */
  async function start(
    trusted: string[],
    host = '127.0.0.1',
  ): Promise<(...lines: string[]) => Promise<unknown>> {
    fastify = Fastify({ trustProxy: trustedProxies(trusted) });
    canonicalizeAddresses(fastify);
    fastify.get('/', (request, reply) => {
      const { ip, ips, host: name, protocol } = request;
      void reply.send({ ip, ips, host: name, protocol, key: networkOf(request) });
    });
    await fastify.listen({ host, port: 0 });
    const { port } = fastify.server.address() as { port: number };
    return async (...lines) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.end(`GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`);
      const answer = await text(socket);
      return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as unknown;
    };
  }

  it.each(['127.0.0.1', '::'])('is the same for all forms of an address (listening on %s)', async (host) => {
    const ask = await start(['loopback'], host);
    for (const [form, address] of FORM_LIST) {
      expect([form, await ask(`X-Forwarded-For: ${form}`)]).toEqual([
        form,
        expect.objectContaining({ ip: address, ips: ['127.0.0.1', address] }),
      ]);
    }
  });

  it('passes over trusted hops in any form, whatever form they are configured in', async () => {
    for (const trusted of [
      ['loopback', '10.1.0.0/16'],
      ['::ffff:127.0.0.1', '::ffff:10.1.0.0/112'],
      ['127.0.0.1', '::ffff:a01:0/112'],
    ]) {
      const ask = await start(trusted);
      for (const hop of ['10.1.2.3', '10.1.2.3:443', '::ffff:10.1.2.3', '[::ffff:a01:203]:443']) {
        expect(await ask(`X-Forwarded-For: 10.1.9.9, 203.0.113.9:40001, ${hop}`)).toMatchObject({
          ip: '203.0.113.9',
        });
      }
      await fastify.close();
    }
  });

  it('is the last proxy for what is no address, and never trusted', async () => {
    const ask = await start(['loopback', '10.1.0.0/16']);
    for (const garbage of GARBAGE.filter((each) => !each.includes('٢'))) {
      expect([garbage, await ask(`X-Forwarded-For: 198.51.100.1, ${garbage}, 10.1.2.3`)]).toEqual([
        garbage,
        expect.objectContaining({ ip: '10.1.2.3', key: '10.1.2.3' }),
      ]);
    }
    expect(await ask('X-Forwarded-For: ')).toMatchObject({ ip: '127.0.0.1' });
  });

  it('reads several headers as one list', async () => {
    const ask = await start(['loopback']);
    const lines = ['X-Forwarded-For: 198.51.100.1:1', 'X-Forwarded-For: [2001:db8::1]:2'];
    expect(await ask(...lines)).toMatchObject({ ip: '2001:db8::1' });
  });

  it('believes host and protocol of the same peers', async () => {
    const lines = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: there'];
    expect(await (await start(['::ffff:127.0.0.1'], '::'))(...lines)).toMatchObject({
      host: 'there',
      protocol: 'https',
    });
    await fastify.close();
    expect(await (await start(['10.0.0.0/8'], '::'))(...lines, 'X-Forwarded-For: 10.0.0.1')).toMatchObject({
      host: 'here',
      protocol: 'http',
      ip: '127.0.0.1',
    });
  });
});
