import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { logRequests } from './access-log.js';
import { timestamp } from './log-time.js';
import { requestContext } from './request-context.js';
import { Requests } from './requests.js';
import { newTraceId } from './tracing/trace-header.js';

const EACH = { method: 'GET', route: '/svc/user/:username', status: 200, ms: 1.5 };

describe('logRequests', () => {
  let app: FastifyInstance;
  let lines: string[];
  const output = { write: (line: string): void => void lines.push(line) };

  async function start(level: string): Promise<void> {
    lines = [];
    const logger = pino(
      {
        level,
        base: { service: 'svc', version: 'V"1' },
        formatters: { level: (label) => ({ level: label }) },
        timestamp,
        mixin: () => {
          const { root: traceId, requestId } = requestContext.getStore() ?? {};
          return { traceId, requestId };
        },
      },
      output,
    );
    app = fastify({ genReqId: newTraceId });
    logRequests(new Requests(app), logger, { contextPath: 'svc', sampleRate: 1, output });
    app.get('/svc/user/:username', () => ({ ok: true }));
    app.get('/svc/logged', async () => {
      logger.info(EACH, 'request');
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
  }
  beforeEach(() => start('info'));
  afterEach(() => app.close());

  const get = async (path: string): Promise<void> => {
    await (await fetch(`${app.listeningOrigin}/svc/${path}`)).text();
    await new Promise(setImmediate);
  };
  const parsed = (): Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes of a request that went well what the logger would write, in the same order', async () => {
    await get('logged');
    await get('user/jane');
    const [byLogger, , own] = parsed();
    const ids = { time: expect.any(String), traceId: expect.any(String), requestId: expect.any(String) };
    expect(own).toEqual({ ...byLogger, ...ids, ms: expect.any(Number) });
    expect(Object.keys(own!)).toEqual(Object.keys(byLogger!));
    expect(own!.traceId).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
    expect(lines[2]).not.toContain('jane');
  });

  it('writes none of them where the level says so', async () => {
    await app.close();
    await start('warn');
    await get('user/jane');
    expect(lines).toEqual([]);
  });
});
