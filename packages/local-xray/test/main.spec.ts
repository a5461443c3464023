import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sendDocuments } from '../src/send-documents.ts';
import { userCreation } from '../src/synthetic.ts';
import { until } from './local-xray.ts';

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;

describe('main', () => {
  let child: ChildProcess | undefined;
  let output = '';
  const start = (environment: Record<string, string>): ChildProcess => {
    output = '';
    child = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...environment } });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    return child;
  };
  const ended = async (): Promise<unknown> =>
    child?.exitCode ?? child?.signalCode ?? ((await once(child!, 'close')) as unknown[])[0];

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('says one line, works, and stops at once on %s', async (signal) => {
    const running = start({ PORT: '0', XRAY_PORT: '0' });
    await until('the line', () => output.endsWith('\n'));
    const [, url, port] =
      /^local X-Ray shows (http:\S+)\/ and takes segments on 127\.0\.0\.1:(\d+) \(UDP\)\n$/.exec(output)!;
    await sendDocuments(Number(port), userCreation({ at: 1000 }));
    await until('the trace', async () =>
      (await (await fetch(`${url}/health-check`)).text()).includes('"traces":1'),
    );
    const events = await fetch(`${url}/api/events`);

    // The stream of events is still open: nothing waits for its end.
    running.kill(signal);
    expect(await ended()).toBe(0);
    expect(output.split('\n')).toHaveLength(2);
    await events.body?.cancel().catch(() => undefined);
  });

  it('says in one line that the port of the page is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    start({ PORT: String(port), XRAY_PORT: '0' });
    expect(await ended()).toBe(1);
    expect(output).toBe(
      `local-xray: TCP port ${port} is taken: stop what uses it, or choose another with PORT=…\n`,
    );
    server.close();
  });

  it('says in one line that the port for segments is taken', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    start({ PORT: '0', XRAY_PORT: String(socket.address().port) });
    expect(await ended()).toBe(1);
    expect(output).toBe(
      `local-xray: UDP port ${socket.address().port} is taken: stop what uses it, or choose another with XRAY_PORT=…\n`,
    );
    socket.close();
  });

  it('says in one line which variable is wrong', async () => {
    start({ PORT: 'eight' });
    expect(await ended()).toBe(1);
    expect(output).toBe('local-xray: PORT must be a port from 0 to 65535\n');
  });
});
