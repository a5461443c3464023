import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { freePort } from '../src/free-port.ts';
import { mailsIn } from '../src/mailbox.ts';
import { type HttpProcess, RunningProcess, startMailbox, startNotification } from '../src/process.ts';
import { waitFor } from '../src/wait.ts';

const SEND = {
  method: 'POST',
  path: '/',
  headers: { authorization: 'AWS4-HMAC-SHA256 x', 'content-type': 'application/x-www-form-urlencoded' },
  body: 'Action=SendEmail&Source=a@example.com&Destination.ToAddresses.member.1=b@example.com&Message.Subject.Data=s&Message.Body.Text.Data=t',
};

interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** As a browser or a program sends it; fetch would not let Host and Sec-Fetch-Site be said. @returns the status */
async function send(port: number, { method = 'GET', path, headers = {}, body }: Sent): Promise<number> {
  const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }).end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

const IMAGE = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
const LINK = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const FORM = { ...LINK, origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' };

describe('what listens for development', () => {
  let mailbox: HttpProcess;
  let xray: { process: RunningProcess; port: number };
  let notification: HttpProcess;
  let ports: Record<string, number>;

  beforeAll(async () => {
    mailbox = await startMailbox();
    const [port, metrics] = [await freePort(), await freePort()];
    const main = new URL('../../local-xray/src/main.ts', import.meta.url).pathname;
    const environment = { PORT: String(port), XRAY_PORT: '0' };
    xray = { process: new RunningProcess('local-xray', [main], environment), port };
    notification = await startNotification({
      AWS_ENDPOINT_URL_SES: mailbox.url,
      METRICS_PORT: String(metrics),
    });
    await waitFor('local-xray', async () => (await fetch(`http://127.0.0.1:${port}/health-check`)).ok);
    ports = { mailbox: mailbox.port, 'local-xray': port, notification: notification.port, metrics };
  });
  afterAll(async () => {
    for (const { process } of [notification, mailbox, xray]) await process.stop('SIGKILL');
  });

  describe.each([
    ['mailbox', '/', '/store'],
    ['mailbox', '/', '/health-check'],
    ['local-xray', '/', '/api/traces'],
    ['local-xray', '/', '/api/events'],
    ['notification', '/notification/docs', '/notification/info'],
    ['metrics', '/metrics', ''],
  ])('%s', (name, page, data) => {
    const get = (path: string, headers: Record<string, string>): Promise<number> =>
      send(ports[name]!, { path, headers });

    it(`answers ${data || page} to localhost, addresses and names without a dot`, async () => {
      for (const host of ['localhost', '127.0.0.1:1', '10.0.0.5:8095', '[::1]:80', 'mailbox:8005']) {
        expect([host, await get(data || page, { host })]).toEqual([host, 200]);
      }
    });

    it(`does not answer ${data || page} to a name of the internet, as after DNS rebinding`, async () => {
      for (const path of [page, data].filter(Boolean)) {
        expect(await get(path, { host: 'evil.example:8095', 'sec-fetch-site': 'same-origin' })).toBe(403);
      }
    });

    it(`lets other pages link to ${page} only`, async () => {
      expect(await get(page, LINK)).toBe(200);
      for (const path of [page, data].filter(Boolean)) {
        expect(await get(path, IMAGE)).toBe(403);
        expect(await get(path, { origin: 'https://evil.example' })).toBe(403);
      }
      if (data) expect(await get(data, LINK)).toBe(403);
    });
  });

  it('keeps the mails when a page of another origin posts a form to the mailbox', async () => {
    await send(mailbox.port, SEND);
    const before = await mailsIn(mailbox.url);
    expect(before.length).toBeGreaterThan(0);
    expect(await send(mailbox.port, { method: 'POST', path: '/clear-store', headers: FORM })).toBe(403);
    expect(await mailsIn(mailbox.url)).toEqual(before);
    expect(await send(mailbox.port, { method: 'POST', path: '/clear-store' })).toBe(200);
    expect(await mailsIn(mailbox.url)).toEqual([]);
  });

  describe('the mailbox', () => {
    const REQUESTS: Sent[] = [
      { path: '/get-emlContent?messageId=x' },
      { path: '/get-emlContent' },
      { path: '/get-emlContent?messageId=a&messageId=b' },
      { path: '/store?since=a&since=b' },
      { path: '/store?since=x' },
      { path: '/%zz' },
      { method: 'POST', path: '/' },
      { ...SEND, body: 'Action=SendRawEmail&RawMessage.Data=%00' },
      { ...SEND, body: `Action=SendRawEmail&RawMessage.Data=${'(a<'.repeat(20)}` },
      { ...SEND, body: 'Action=SendEmail' },
      { ...SEND, headers: { ...SEND.headers, 'content-type': 'application/json' }, body: '{' },
      {
        ...SEND,
        path: '/v2/email/outbound-emails',
        headers: { ...SEND.headers, 'content-type': 'application/json' },
        body: 'null',
      },
      {
        ...SEND,
        path: '/v2/email/templates',
        headers: { ...SEND.headers, 'content-type': 'application/json' },
        body: '{"TemplateName":"x","TemplateContent":{"Text":"{{#if}}"}}',
      },
      { ...SEND, path: '/v2/email/outbound-bulk-emails', body: 'a=1' },
    ];

    it.each(REQUESTS)('goes on after a bad request: $path $body', async (sent) => {
      await send(mailbox.port, sent).catch(() => 0);
      expect(await send(mailbox.port, { path: '/health-check' })).toBe(200);
      expect(mailbox.process.hasEnded).toBe(false);
    });

    it('says what failed', () => {
      expect(mailbox.process.output).toContain('mailbox: a request failed, the mailbox goes on: ');
    });

    it('ends with a line when its port is taken', async () => {
      const main = new URL('../../local-mailbox/main.mjs', import.meta.url).pathname;
      const second = new RunningProcess('mailbox', [main], { PORT: String(mailbox.port) });
      expect(await second.ended()).toBe(1);
      expect(second.output).toContain(`mailbox cannot listen on 127.0.0.1:${mailbox.port}`);
    });
  });

  it.each(['mailbox', 'local-xray'])('%s goes on after anything that comes', async (name) => {
    const port = ports[name]!;
    const paths = [
      '/',
      '/store',
      '/get-emlContent',
      '/clear-store',
      '/v2/email/templates',
      '/api/traces',
      '/api/events',
    ];
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(...paths, '*', 'http://x/', '//'),
    );
    const anyRequest = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'X'),
      path: fc.oneof(
        line,
        fc.tuple(fc.constantFrom(...paths), fc.webQueryParameters()).map((parts) => parts.join('?')),
      ),
      header: fc.constantFrom(
        '',
        'Upgrade: websocket\r\nConnection: upgrade',
        'Expect: 100-continue',
        'Transfer-Encoding: chunked',
      ),
      authorization: fc.constantFrom('', 'Authorization: AWS'),
      type: fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'x'),
      body: fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 200 })),
    });
    await fc.assert(
      fc.asyncProperty(anyRequest, async ({ method, path, header, authorization, type, body }) => {
        const lines = [
          `${method} ${path} HTTP/1.1`,
          'Host: localhost',
          'Connection: close',
          header,
          authorization,
        ];
        const head = [...lines, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`];
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(`${head.filter(Boolean).join('\r\n')}\r\n\r\n${body}`);
        // A stream of events does not end by itself.
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
        socket.destroy();
        expect(await send(port, { path: '/health-check' })).toBe(200);
      }),
      { numRuns: 100 },
    );
  });
});
