import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeContract } from '@usermgmt/testing/contract';
import type { System } from '@usermgmt/testing/system';
import { newUser, send } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { hasCluster } from '../support/cluster.ts';
import { forward } from './support/access.ts';
import { deploy } from './support/deploy.ts';
import { Namespace } from './support/namespace.ts';
import { systemIn } from './support/system.ts';

/** A segment or a part of one, as local-xray shows it. */
interface TraceNode {
  name: string;
  kind: string;
  fields: { aws?: { eks?: { pod?: string } } };
  children: TraceNode[];
}

(hasCluster ? describe : describe.skip)('the overlay local', () => {
  let namespace: Namespace;
  let system: System;
  beforeAll(async () => {
    namespace = new Namespace('local');
    deploy(namespace, 'local');
    system = await systemIn(namespace);
  }, 400_000);
  afterAll(async () => {
    await system.stop();
    namespace.delete();
  });

  describeContract('the cluster, through the NodePort', () => systemIn(namespace), 60_000);

  it('answers every documented route', async () => {
    const known = newUser();
    await send('POST', `${system.users}/adminuser`, known);
    const mail = { subject: 'Hello', content: 'there', toEmails: ['somebody@example.com'] };
    /** What to send, and the status if it is not 200. */
    const special: Readonly<Record<string, { body?: object; status?: number }>> = {
      'POST /usermgmt/user': { body: newUser(), status: 201 },
      'POST /usermgmt/adminuser': { body: newUser(), status: 201 },
      'PUT /usermgmt/user': { body: { ...known, firstname: 'Changed' } },
      'PATCH /usermgmt/user/{username}': { body: { lastname: 'Changed' } },
      'GET /usermgmt/status/{username}': { status: 405 },
      'GET /usermgmt/user/activate/{username}': { status: 405 },
      'POST /notification/send': { body: mail },
    };
    const routes = [...routesOf('user-management'), ...routesOf('notification')];
    expect(routes).toEqual(expect.arrayContaining(Object.keys(special)));
    // With AUTH_MODE=none nobody gets a token here.
    const issues = /\/(?:oauth|\.well-known)\//;
    const token = namespace.run('kubectl create token user-management --audience notification').trim();
    for (const route of routes) {
      const { body, status = issues.test(route) ? 404 : 200 } = special[route] ?? {};
      const [method = '', path = ''] = route.split(' ');
      const isUsers = path.startsWith('/usermgmt/');
      const url = new URL(isUsers ? system.users : system.notification).origin + path;
      const response = await fetch(url.replace('{username}', known.username), {
        method,
        headers: {
          ...(!isUsers && { authorization: `Bearer ${token}` }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      expect(`${route}: ${response.status}`).toBe(`${route}: ${status}`);
    }
  });

  it.each([
    ['HOST_NOT_ALLOWED', { host: 'evil.example' }],
    ['CROSS_SITE_REQUEST', { origin: 'https://evil.example' }],
  ])('refuses requests from web pages of other origins: %s', async (code, headers) => {
    for (const url of [`${system.users}/users`, `${system.notification}/send`]) {
      expect(await statusAndCode(url, headers)).toEqual([403, code]);
    }
  });

  it('shows one trace of a request across both pods, with the mail in it', async () => {
    const id = `1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;
    const xray = await forward(namespace, 'deployment/local-xray', 8007);
    try {
      const response = await fetch(`${system.users}/user`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-amzn-trace-id': `Root=${id}` },
        body: JSON.stringify(newUser()),
      });
      expect(response.status).toBe(201);
      const nodes = await waitFor('the trace', async () => {
        const { tree } = (await (await fetch(`${xray.url}/api/traces/${id}`)).json()) as {
          tree: TraceNode[];
        };
        const nodes = flat(tree);
        return nodes.some(({ name }) => name === 'SES') && nodes;
      });
      const podOf = (segment: string): string | undefined =>
        nodes.find(({ name, kind }) => name === segment && kind === 'segment')?.fields.aws?.eks?.pod;
      const pods = namespace.get('pods').map(({ metadata }) => metadata.name);
      expect(pods).toContain(podOf('usermanagement-microservice'));
      expect(pods).toContain(podOf('notification-microservice'));
    } finally {
      await xray.stop();
    }
  });
});

/** Sends a GET with node:http, because fetch does not send a Host that its caller sets. */
async function statusAndCode(url: string, headers: Record<string, string>): Promise<[number, unknown]> {
  const [response] = (await once(request(url, { headers, agent: false }).end(), 'response')) as [
    IncomingMessage,
  ];
  return [response.statusCode ?? 0, ((await json(response)) as { code?: unknown }).code];
}

const flat = (nodes: readonly TraceNode[]): TraceNode[] =>
  nodes.flatMap((node) => [node, ...flat(node.children)]);

/** The routes of a service's openapi.json, those that delete last. */
function routesOf(service: string): string[] {
  const file = new URL(`../../../services/${service}/openapi.json`, import.meta.url);
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, object> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const deletes = (route: string): number => Number(route.startsWith('DELETE'));
  return routes.sort((one, other) => deletes(one) - deletes(other));
}
