import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTraced, type TracedSystem } from '../src/traced-system.ts';
import { newUser } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

interface Node {
  name: string;
  kind: string;
  isOrphan: boolean;
  inProgress: boolean;
  fields: Record<string, unknown>;
  children: Node[];
}

const newRoot = (): string =>
  `1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;
const all = (nodes: readonly Node[]): Node[] => nodes.flatMap((node) => [node, ...all(node.children)]);
/** The tree by names, as nested arrays. */
const names = (nodes: readonly Node[]): unknown[] =>
  nodes.map(({ name, children }) => (children.length > 0 ? [name, ...names(children)] : name));

/** 2,000 in the short form; README.md. */
const REQUESTS = process.env.TEST_LONG === '1' ? 10_000 : 2_000;

describe('traces', () => {
  let system: TracedSystem;
  beforeAll(async () => {
    system = await startTraced();
  });
  afterAll(async () => {
    await system.stop();
  });
  beforeEach(() => {
    system.receiver.clear();
  });

  const trace = (root: string, segments: number): Promise<Node[]> =>
    waitFor(`${segments} segments of a trace`, () => {
      const tree = (system.receiver.traces().find(({ id }) => id === root)?.tree ?? []) as unknown as Node[];
      return Promise.resolve(all(tree).filter(({ kind }) => kind === 'segment').length >= segments && tree);
    });
  const get = (path: string, root: string, header = `Root=${root}`): Promise<Response> =>
    fetch(`${system.users.url}/${path}`, { headers: { 'x-amzn-trace-id': header } });

  it("show the course's two services for GET /notification-xray", async () => {
    const root = newRoot();
    const response = await get('notification-xray', root, `Self=1-x;Root=${root};Sampled=?`);
    expect(response.headers.get('x-amzn-trace-id')).toBe(`Root=${root};Sampled=1`);
    const tree = await trace(root, 2);
    expect(names(tree)).toEqual([
      ['usermanagement-microservice', ['127.0.0.1', 'notification-microservice']],
    ]);
    const [users, call, notification] = all(tree);
    expect(users?.fields).toMatchObject({
      origin: 'AWS::EKS::Container',
      service: { version: 'V1' },
      annotations: { appversion: 'V1', route: '/usermgmt/notification-xray', track: 'stable' },
      aws: {
        eks: { cluster_name: 'eksdemo1', pod: expect.any(String) },
        cloudwatch_logs: [{ log_group: '/aws/containerinsights/eksdemo1/application' }],
        xray: { sdk: 'X-Ray for Node.js', sdk_version: expect.stringMatching(/^3\./) },
      },
      http: {
        request: {
          method: 'GET',
          url: expect.stringMatching(/\/usermgmt\/notification-xray$/),
          user_agent: expect.any(String),
          client_ip: expect.stringContaining('127.0.0.1'),
        },
        response: { status: 200, content_length: expect.any(Number) },
      },
    });
    expect(call?.fields).toMatchObject({
      namespace: 'remote',
      http: { request: { method: 'GET', traced: true }, response: { status: 200 } },
    });
    expect(notification?.fields).toMatchObject({ annotations: { route: '/notification/xray' } });
    expect(system.receiver.invalid()).toEqual([]);
  });

  it('hold the mail that a new user gets, across the outbox', async () => {
    const root = newRoot();
    await fetch(`${system.users.url}/user`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amzn-trace-id': `Root=${root};Sampled=1` },
      body: JSON.stringify(newUser()),
    });
    // The delivery ends, and is told, after notification's part of it.
    const tree = await waitFor('the delivery', async () => {
      const found = await trace(root, 2);
      return all(found).some(({ name }) => name === 'outbox delivery') && found;
    });
    const nodes = all(tree);
    const named = (name: string): Node | undefined => nodes.find((node) => node.name === name);
    expect(names([named('outbox delivery')!])).toEqual([
      ['outbox delivery', ['127.0.0.1', ['notification-microservice', 'SES']]],
    ]);
    expect(tree[0]?.children).toContain(named('outbox delivery'));
    expect(named('outbox delivery')?.fields).toMatchObject({ annotations: { attempt: 1 } });
    expect(named('SES')?.fields).toMatchObject({
      namespace: 'aws',
      aws: { operation: 'SendEmail', region: 'us-east-1' },
    });
    const statements = nodes.filter(({ name }) => name === 'test.sqlite').map(({ fields }) => fields.sql);
    expect(statements).toContainEqual({
      url: 'sqlite:test.sqlite',
      database_type: 'SQLite',
      database_version: expect.any(String),
      driver_version: 'libsql',
      sanitized_query: expect.stringMatching(/^INSERT INTO users .*VALUES \(\?/),
    });
    expect(system.receiver.invalid()).toEqual([]);
  });

  it('tell errors from faults', async () => {
    const root = newRoot();
    await get('user/nobody', root);
    const [segment] = await trace(root, 1);
    expect(segment?.fields).toMatchObject({ error: true, http: { response: { status: 404 } } });
    expect(segment?.fields).not.toHaveProperty('fault');
  });

  it.each(['health/live', 'health/ready', 'health/dependencies'])('leave %s out', async (path) => {
    await get(path, newRoot());
    const seen = newRoot();
    await get('hello', seen);
    await trace(seen, 1);
    expect(system.receiver.traces()).toHaveLength(1);
  });

  it('follow a decision that was made before', async () => {
    const [no, yes] = [newRoot(), newRoot()];
    await get('notification-xray', no, `Root=${no};Sampled=0`);
    await get('hello', yes, `Root=${yes};Parent=53995c3f42cd8ad8;Sampled=1`);
    const [segment] = await trace(yes, 1);
    expect(segment?.fields).toMatchObject({ parent_id: '53995c3f42cd8ad8' });
    expect(system.receiver.traces().map(({ id }) => id)).toEqual([yes]);
  });

  it(`stay apart: ${REQUESTS} mixed requests over 64 connections`, async () => {
    const paths = ['hello', 'users?limit=2', 'user/nobody', 'notification-xray', 'nothing'];
    const roots = Array.from({ length: REQUESTS }, newRoot);
    const queue = [...roots.entries()];
    const worker = async (): Promise<void> => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const [index, root] = next;
        await (await get(paths[index % paths.length] ?? '', root)).text();
      }
    };
    await Promise.all(Array.from({ length: 64 }, worker));
    // One of five calls notification, which sends a segment of its own.
    await waitFor(
      'all segments',
      () => Promise.resolve(system.receiver.documents().length >= REQUESTS * 1.2),
      60_000,
    );
    expect(system.receiver.lost()).toBe(0);
    expect(system.receiver.invalid()).toEqual([]);
    const traces = new Map(system.receiver.traces().map(({ id, tree }) => [id, tree as unknown as Node[]]));
    for (const [index, root] of roots.entries()) {
      const tree = traces.get(root) ?? [];
      const nodes = all(tree);
      const wanted = [
        ['usermanagement-microservice'],
        ['usermanagement-microservice', 'test.sqlite'],
        ['usermanagement-microservice', 'test.sqlite'],
        ['usermanagement-microservice', '127.0.0.1', 'notification-microservice'],
        ['usermanagement-microservice'],
      ][index % paths.length];
      expect(nodes.map(({ name }) => name)).toEqual(wanted);
      expect(nodes.some(({ isOrphan, inProgress }) => isOrphan || inProgress)).toBe(false);
    }
  }, 180_000);
});

describe('a daemon that is not there', () => {
  it('is one warning, however many segments there are', async () => {
    const system = await startTraced({ AWS_XRAY_DAEMON_ADDRESS: 'nobody.invalid:2000' });
    for (let index = 0; index < 50; index += 1) await fetch(`${system.users.url}/hello`);
    await system.stop();
    const warnings = system.users.process.output
      .split('\n')
      .filter((line) => line.includes('"level":"warn"') && !line.includes('AUTH_MODE=none'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("daemon's name is not found");
  });
});
