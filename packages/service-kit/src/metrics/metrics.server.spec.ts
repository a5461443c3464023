import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { freePort } from '@usermgmt/testing/free-port';
import type { Metrics } from './metrics.js';
import { MetricsServer } from './metrics.server.js';

const text = jest.fn<() => Promise<string>>();
const metrics = { text, contentType: 'text/plain; version=0.0.4' } as unknown as Metrics;
let server: MetricsServer;
let url: string;

async function start(isForDevelopment = false): Promise<void> {
  const port = await freePort();
  text.mockReset().mockResolvedValue('up 1\n');
  server = new MetricsServer(metrics, { host: '127.0.0.1', port, isForDevelopment });
  await server.listen();
  url = `http://127.0.0.1:${port}`;
}

afterEach(() => {
  server.onApplicationShutdown();
  jest.restoreAllMocks();
});

describe('MetricsServer', () => {
  it.each(['/metrics', '/metrics/', '/metrics?x=1', '/metrics/?x=1'])('answers GET %s', async (path) => {
    await start();
    const response = await fetch(url + path);
    expect([response.status, await response.text()]).toEqual([200, 'up 1\n']);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  });

  it.each([
    ['HEAD', '/metrics', 200],
    ['POST', '/metrics', 404],
    ['GET', '/', 404],
    ['GET', '/metrics2', 404],
    ['GET', '/x/metrics', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    await start();
    expect((await fetch(url + path, { method })).status).toBe(status);
  });

  it('gives requests at the same time one answer, and asks again afterwards', async () => {
    await start();
    let answer: (metrics: string) => void = () => undefined;
    text.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const both = [fetch(`${url}/metrics`), fetch(`${url}/metrics`)];
    while (text.mock.calls.length === 0) await new Promise(setImmediate);
    answer('once 1\n');
    for (const response of both) expect((await response).status).toBe(200);
    text.mockResolvedValue('later 1\n');
    expect(await (await fetch(`${url}/metrics`)).text()).toBe('later 1\n');
  });

  it('answers 500 when the metrics cannot be collected, and logs why', async () => {
    await start();
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const error = new Error('two metrics of one name');
    text.mockRejectedValueOnce(error);
    const response = await fetch(`${url}/metrics`);
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(logged).toHaveBeenCalledWith(error);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('refuses web pages of other origins on a laptop, and nothing elsewhere', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
    await start(true);
    const response = await fetch(`${url}/metrics`, { headers });
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringMatching(/^CROSS_SITE_REQUEST: .+\n$/),
    ]);
    server.onApplicationShutdown();
    await start(false);
    expect((await fetch(`${url}/metrics`, { headers })).status).toBe(200);
  });

  it('listens nowhere with port 0', async () => {
    server = new MetricsServer(metrics, { host: '127.0.0.1', port: 0, isForDevelopment: false });
    await server.listen();
    server.onApplicationShutdown();
  });
});
