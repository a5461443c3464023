import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { makeCertificate } from '../src/certificate.ts';
import { type HttpProcess, startMailbox, startNotification } from '../src/process.ts';
import { waitFor } from '../src/wait.ts';

/** What a test has started, to be stopped however it ends. */
const started: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0).toReversed()) await stop();
});

/** Starts notification and sends a mail. @returns the status, and the service with its log */
async function send(environment: Record<string, string>): Promise<[status: number, HttpProcess]> {
  const service = await startNotification(environment);
  started.push(() => service.process.stop('SIGKILL'));
  const response = await fetch(`${service.url}/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subject: 's', content: 'c', toEmails: ['jane@example.com'] }),
  });
  return [response.status, service];
}

it('a certificate of SES that is refused is told with its reason and the expected name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ses-tls-'));
  const { key, certificate } = makeCertificate(folder, 'DNS:localhost');
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
  rmSync(folder, { recursive: true });
  started.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [status, { process }] = await send({ AWS_ENDPOINT_URL_SES: `https://localhost:${port}` });
  expect(status).toBe(503);
  const reason = 'SES: DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate; expected name localhost';
  await waitFor('the reason in the log', () => Promise.resolve(process.output.includes(reason)));
});

it('credentials of AWS with a line end, as of a Secret made by echo, are taken without it', async () => {
  const mailbox = await startMailbox();
  started.push(() => mailbox.process.stop('SIGKILL'));
  const [status] = await send({
    AWS_ENDPOINT_URL_SES: mailbox.url,
    AWS_ACCESS_KEY_ID: 'local\n',
    AWS_SECRET_ACCESS_KEY: 'local\r\n',
  });
  expect(status).toBe(200);
});
