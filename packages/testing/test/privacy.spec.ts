import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTraced, type TracedSystem } from '../src/traced-system.ts';
import { newUser, send } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
}
interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** As an attacker or a careless client sends them; what comes out must hold none of it. */
const PLANTED = 'planted-Secret1!';
const ADDRESS = 'planted@example.com';

const openApi = (service: string): OpenApi =>
  JSON.parse(
    readFileSync(new URL(`../../../services/${service}/openapi.json`, import.meta.url), 'utf8'),
  ) as OpenApi;

/** A body that the schema would take, with a planted value in every string. */
function filled(schema: Schema, document: OpenApi, name = ''): unknown {
  if (schema.$ref !== undefined) {
    return filled(document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}, document, name);
  }
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return filled(choice, document, name);
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, value]) => [key, filled(value, document, key)]),
    );
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'array') return [filled(schema.items ?? {}, document, name)];
  if (type === 'boolean') return true;
  return /mail/i.test(name) ? ADDRESS : PLANTED;
}

describe('what a client sends', () => {
  let system: TracedSystem;
  beforeAll(async () => {
    system = await startTraced({ LOG_LEVEL: 'debug' });
  });
  afterAll(async () => {
    await system.stop();
  });

  it('is in no segment, metric, log line or error body', async () => {
    const errors: string[] = [];
    let requests = 0;
    const ask = async (method: string, url: string, body?: string): Promise<void> => {
      const response = await fetch(url, {
        method,
        headers: {
          'content-type': 'application/json',
          'idempotency-key': PLANTED,
          cookie: `session=${PLANTED}`,
          'x-planted': PLANTED,
          authorization: `Bearer ${PLANTED}`,
        },
        ...(body !== undefined && { body }),
      });
      requests += 1;
      const text = await response.text();
      if (response.status >= 400) errors.push(text);
    };
    // So that there is a user whom everything can be done to, and whom no second one may be like.
    await send('POST', `${system.users.url}/user`, { ...newUser(), username: PLANTED, email: ADDRESS });
    for (const [service, { url }] of [
      ['user-management', system.users],
      ['notification', system.notification],
    ] as const) {
      const document = openApi(service);
      const { origin } = new URL(url);
      // Deletions last: they would leave nothing for the others.
      const operations = Object.entries(document.paths)
        .flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
        )
        .sort((one, other) => Number(one.method === 'delete') - Number(other.method === 'delete'));
      expect(operations.length).toBeGreaterThan(5);
      for (const { path, method, operation } of operations) {
        const query = (operation.parameters ?? [])
          .filter((parameter) => parameter.in === 'query')
          .map(({ name }) => `${name}=${encodeURIComponent(PLANTED)}`);
        const target = `${origin}${path.replace(/\{[^}]+\}/g, encodeURIComponent(PLANTED))}`;
        const url = `${target}?${['x=planted', ...query].join('&')}`;
        const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
        if (schema === undefined) {
          await ask(method.toUpperCase(), url);
          await ask(method.toUpperCase(), target);
        } else {
          const body = filled(schema, document);
          await ask(method.toUpperCase(), target, JSON.stringify(body));
          await ask(method.toUpperCase(), target, JSON.stringify({ ...(body as object), email: PLANTED }));
          await ask(method.toUpperCase(), target, JSON.stringify([PLANTED]));
          await ask(method.toUpperCase(), target, `{"${PLANTED}": ${PLANTED}`);
        }
      }
      await ask('GET', `${origin}/${PLANTED}?${PLANTED}`);
      await ask('GET', `${url}/${PLANTED}/%ff`);
    }
    const last = '1-6744a1f0-0123456789abcdef01234567';
    await fetch(`${system.users.url}/notification-xray`, {
      headers: { 'x-amzn-trace-id': `Root=${last};Sampled=1` },
    });
    await waitFor('the last segments', () =>
      Promise.resolve(system.receiver.documents().filter(({ trace_id }) => trace_id === last).length >= 2),
    );
    expect(system.receiver.documents().length).toBeGreaterThan(requests / 2);
    expect(errors.length).toBeGreaterThan(20);
    const metrics = await Promise.all(system.metrics.map(async (metric) => (await fetch(metric)).text()));
    const said = [
      ...system.receiver.documents().map((document) => JSON.stringify(document)),
      ...metrics.flatMap((text) => text.split('\n')),
      ...system.users.process.output.split('\n'),
      ...system.notification.process.output.split('\n'),
      ...errors,
    ];
    expect(said.filter((text) => /planted/i.test(text))).toEqual([]);
  });
});
