import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sendDocuments } from '../src/send-documents.ts';
import type { ServiceMap } from '../src/service-map.ts';
import { userCreation, userList } from '../src/synthetic.ts';
import type { TraceDetail } from '../src/trace-detail.ts';
import type { TraceSummary } from '../src/trace-summary.ts';
import { type LocalXray, startLocalXray, until } from './local-xray.ts';

interface List {
  kept: number;
  matching: number;
  traces: TraceSummary[];
}

describe('HTTP', () => {
  let xray: LocalXray;
  const get = async <T>(path: string): Promise<T> => (await (await fetch(xray.url + path)).json()) as T;
  const list = (query: string): Promise<List> => get(`/api/traces?${query}`);
  const starts = async (query: string): Promise<number[]> =>
    (await list(query)).traces.map(({ startMs }) => startMs / 1e3);
  const send = async (...traces: object[][]): Promise<void> => {
    const before = xray.receiver.documents().length;
    await sendDocuments(xray.receiver.port, traces.flat());
    await until('documents', () => xray.receiver.documents().length === before + traces.flat().length);
  };

  beforeAll(async () => {
    xray = await startLocalXray();
  });
  beforeEach(() => fetch(`${xray.url}/api/traces`, { method: 'DELETE' }));
  afterAll(() => xray.stop());

  it('answers the health check with what it has', async () => {
    expect(await get('/health-check')).toEqual({
      status: 'ok',
      segmentPort: xray.receiver.port,
      traces: 0,
      invalid: 0,
      lost: 0,
    });
  });

  describe('GET /api/traces', () => {
    beforeEach(() =>
      send(
        userCreation({ at: 1000 }),
        userList({ at: 1002 }),
        userCreation({ at: 1001, isDuplicate: true }),
        userCreation({ at: 1003, isThrottled: true, slowness: 10 }),
      ),
    );

    it('lists the newest first', async () => {
      expect(await starts('')).toEqual([1003, 1002, 1001, 1000]);
    });

    it.each<[string, number[]]>([
      ['service=notification-microservice', [1003, 1000]],
      ['service=SES', [1003, 1000]],
      ['service=usermgmt@mysql', [1003, 1002, 1001, 1000]],
      ['service=nobody', []],
      ['path=/usermgmt/user', [1003, 1002, 1001, 1000]],
      ['path=users', [1002]],
      ['path=NOTIFICATION', [1003, 1000]],
      ['status=201', [1003, 1000]],
      ['status=409', [1001]],
      ['status=4xx', [1001]],
      ['status=2XX', [1003, 1002, 1000]],
      ['status=5xx', []],
      ['slow=100', [1003]],
      ['slow=43', [1003, 1000]],
      ['slow=0', [1003, 1002, 1001, 1000]],
      ['error=true', [1003, 1001]],
      ['error=false', [1002, 1000]],
      ['error=true&status=409', [1001]],
      ['path=&status=&slow=&error=&service=', [1003, 1002, 1001, 1000]],
      ['limit=2', [1003, 1002]],
    ])('filters by %s', async (query, expected) => {
      expect(await starts(query)).toEqual(expected);
    });

    it('says how many there are beside those in the list', async () => {
      expect(await list('status=2xx&limit=1')).toMatchObject({
        kept: 4,
        matching: 3,
        traces: [{ startMs: 1_003_000 }],
      });
    });

    it.each([
      'status=600',
      'status=abc',
      'slow=-1',
      'slow=x',
      'error=maybe',
      'limit=0',
      'limit=1001',
      'titel=x',
    ])('refuses %s', async (query) => {
      const response = await fetch(`${xray.url}/api/traces?${query}`);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { error: string }).error).toContain(query.split('=')[0]);
    });
  });

  it('gives a trace as a tree', async () => {
    await send(userCreation({ at: 1000 }));
    const { traces } = await list('');
    const trace = await get<TraceDetail>(`/api/traces/${traces[0]?.id}`);
    expect(trace).toMatchObject({ segments: 2, subsegments: 6, orphans: 0 });
    expect(trace.tree).toHaveLength(1);
    const call = trace.tree[0]?.children.find(({ calls }) => calls === 'remote');
    expect(call?.children).toMatchObject([
      { kind: 'segment', name: 'notification-microservice', children: [{ name: 'SES', calls: 'aws' }] },
    ]);
  });

  it('gives the service map', async () => {
    await send(userCreation({ at: 1000 }));
    const { nodes, edges } = await get<ServiceMap>('/api/service-map');
    expect(nodes).toHaveLength(5);
    expect(edges).toHaveLength(4);
  });

  it('gives what it refused, with the reasons', async () => {
    await sendDocuments(xray.receiver.port, ['<script>']);
    await until('it', () => xray.receiver.invalid().length === 1);
    expect(await get('/api/invalid')).toMatchObject({
      total: 1,
      invalid: [{ text: '<script>', reasons: ['datagram: has no header line'] }],
    });
  });

  it('forgets all on DELETE', async () => {
    await send(userCreation({ at: 1000 }));
    expect((await fetch(`${xray.url}/api/traces`, { method: 'DELETE' })).status).toBe(204);
    expect(await list('')).toEqual({ kept: 0, matching: 0, traces: [] });
  });

  it.each<[string, string, number]>([
    ['GET', '/api/traces/1-00000000-000000000000000000000000', 404],
    ['GET', '/api/traces/__proto__', 404],
    ['GET', '/constructor', 404],
    ['GET', '/../package.json', 404],
    ['GET', '/%2e%2e/package.json', 404],
    ['GET', '/tsconfig.json', 404],
    ['POST', '/api/traces', 405],
    ['DELETE', '/api/service-map', 405],
    ['POST', '/', 404],
    ['HEAD', '/', 200],
    ['HEAD', '/health-check', 200],
  ])('answers %s %s with %d', async (method, path, status) => {
    expect((await fetch(xray.url + path, { method })).status).toBe(status);
  });

  it('serves the page and all that it needs, with headers that forbid all else', async () => {
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/main.js', 'text/javascript'],
      ['/style.css', 'text/css'],
      ['/icon.svg', 'image/svg+xml'],
      ['/node_modules/@dagrejs/dagre/dist/dagre.esm.js', 'text/javascript'],
    ] as const) {
      const response = await fetch(xray.url + path);
      expect(response.headers.get('content-type')).toContain(type);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const html = await (await fetch(xray.url)).text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|<style|\son\w+=|https?:\/\/(?!localhost)/);
  });

  it('hints at changes by Server-Sent Events, at most twice a second', async () => {
    const response = await fetch(`${xray.url}/api/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const hints: number[] = [];
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const reading = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        for (const [, data] of value.matchAll(/event: change\ndata: (.*)\n\n/g)) {
          hints.push((JSON.parse(data ?? '') as { traces: number }).traces);
        }
      }
    })().catch(() => undefined);
    await until('the first hint', () => hints.length > 0);
    const begun = Date.now();
    for (let at = 0; at < 30; at++) await send(userList({ at }));
    await until('the last hint', () => hints.at(-1) === 30);
    expect(hints.length).toBeLessThanOrEqual(3 + (Date.now() - begun) / 500);
    await reader.cancel();
    await reading;
  });
});
