import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openApiDocument } from '@usermgmt/service-kit/openapi';
import { load } from 'js-yaml';
import request from 'supertest';
import { ACCESS } from '../src/access-table.js';
import { service } from '../src/service.js';
import { startApplication, type TestApplication } from './support/application.js';
import { sqliteDatabase, type TestDatabase } from './support/database.js';

const COMMITTED = new URL('../openapi.json', import.meta.url);

/** Every route of the original, and the ones that are new. */
const ROUTES = [
  'GET /usermgmt/health-status',
  'GET /usermgmt/health/status',
  'GET /usermgmt/hello',
  'GET /usermgmt/hello-bean',
  'GET /usermgmt/users',
  'GET /usermgmt/user/{username}',
  'POST /usermgmt/user',
  'PUT /usermgmt/user',
  'PATCH /usermgmt/user/{username}',
  'DELETE /usermgmt/user/{username}',
  'GET /usermgmt/status/{username}',
  'GET /usermgmt/user/activate/{username}',
  'POST /usermgmt/adminuser',
  'GET /usermgmt/notification-health-status',
  'GET /usermgmt/notification-service-info',
  'GET /usermgmt/notification-xray',
  'GET /usermgmt/ns-status',
  'POST /usermgmt/oauth/token',
  'POST /usermgmt/oauth/check_token',
  'POST /usermgmt/oauth/revoke',
  'GET /usermgmt/oauth/token_key',
  'GET /usermgmt/.well-known/jwks.json',
  'GET /usermgmt/health/live',
  'GET /usermgmt/health/ready',
  'GET /usermgmt/health/dependencies',
];

interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, unknown>; description?: string; security?: object[] }>
  >;
  components: { schemas: Record<string, object> };
}

let database: TestDatabase;
let test: TestApplication;
let text: string;
let document: Document;

beforeAll(async () => {
  database = await sqliteDatabase();
  test = await startApplication(database.environment);
  text = `${JSON.stringify(openApiDocument(test.app, service), null, 2)}\n`;
  document = JSON.parse(text) as Document;
});
afterAll(async () => {
  await test.app.close();
  await database.drop();
});

describe('the OpenAPI document', () => {
  it('is the committed one; UPDATE_OPENAPI=1 writes it', () => {
    if (process.env.UPDATE_OPENAPI === '1') writeFileSync(COMMITTED, text);
    expect(text).toBe(readFileSync(COMMITTED, 'utf8'));
  });

  it('is the served one, beside its page', async () => {
    const response = await request(test.url).get('/usermgmt/openapi.json').expect(200);
    expect(response.body).toEqual(document);
    const page = await request(test.url).get('/usermgmt/docs').expect(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
  });

  it('is served as YAML too', async () => {
    const response = await request(test.url).get('/usermgmt/openapi.yaml').expect(200);
    expect(response.headers['content-type']).toMatch(/^text\/yaml/);
    expect(load(response.text)).toEqual(document);
  });

  it('is made once for all requests, in each form', async () => {
    const other = await startApplication(database.environment);
    const isDocument = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && 'openapi' in value && 'paths' in value;
    const written = { json: jest.spyOn(JSON, 'stringify'), yaml: jest.spyOn(Object, 'keys') };
    try {
      for (const form of ['json', 'yaml'] as const) {
        const times = (): number => written[form].mock.calls.filter(([value]) => isDocument(value)).length;
        const get = () => request(other.url).get(`/usermgmt/openapi.${form}`).expect(200);
        const before = times();
        const first = await get();
        const once = times();
        expect(once).toBeGreaterThan(before);
        for (let index = 0; index < 5; index += 1) expect((await get()).text).toBe(first.text);
        expect(times()).toBe(once);
      }
    } finally {
      jest.restoreAllMocks();
      await other.app.close();
    }
  });

  it('has every route and no other', () => {
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.toSorted()).toEqual(ROUTES.toSorted());
  });

  it('refers to nothing that it does not hold', () => {
    const names = [...text.matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names));
  });

  it('shows a password in no answer', () => {
    const { NewUser: asked, User: shown } = document.components.schemas;
    expect(asked).toHaveProperty('properties.password');
    expect(shown).not.toHaveProperty('properties.password');
  });

  it('says of each operation who may', () => {
    const operation = (path: string, method = 'get') => document.paths[`/usermgmt/${path}`]![method]!;
    expect(operation('hello')).toMatchObject({ security: [], description: 'Access: anybody.' });
    expect(operation('users')).toMatchObject({
      security: [{ bearer: [] }],
      description: expect.stringMatching(/Access: ROLE_MODERATOR, ROLE_ADMIN\.$/),
      responses: { 401: {}, 403: {} },
    });
    expect(operation('user/{username}', 'patch').description).toMatch(
      /Access: ROLE_ADMIN; users, for the own record, without role, without enabled\.$/,
    );
    expect(operation('user', 'post')).toMatchObject({ security: [{}, { bearer: [] }] });
    expect(operation('oauth/token', 'post')).toMatchObject({ security: [{ client: [] }] });
  });

  it('asks on each operation for what the access table asks for', () => {
    const wanted = {
      true: [],
      known: [{}, { bearer: [] }],
      client: [{ client: [] }],
      false: [{ bearer: [] }],
    };
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const template = path.replace('/usermgmt', '').replaceAll(/\{(\w+)\}/g, ':$1');
        const access = ACCESS.table[`${method.toUpperCase()} ${template}`];
        expect([path, method, security]).toEqual([path, method, wanted[`${access!.anybody}`]]);
      }
    }
  });

  it('describes signing up: body, Location, every refusal', () => {
    expect(document.paths['/usermgmt/user']?.post).toMatchObject({
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/NewUser' } } },
      },
      responses: { 201: { headers: { Location: {} } }, 400: {}, 409: {}, 413: {}, 415: {}, 503: {} },
    });
  });
});
