import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApiDocument } from '@usermgmt/service-kit/openapi';
import request from 'supertest';
import { service } from '../src/service.js';
import { startApplication, type TestApplication } from './support/application.js';

const COMMITTED = new URL('../openapi.json', import.meta.url);

let test: TestApplication;
let text: string;

beforeAll(async () => {
  test = await startApplication();
  text = `${JSON.stringify(openApiDocument(test.app, service), null, 2)}\n`;
});

afterAll(() => test.app.close());

describe('the OpenAPI document', () => {
  it('is the committed one; UPDATE_OPENAPI=1 writes it', () => {
    if (process.env.UPDATE_OPENAPI === '1') writeFileSync(COMMITTED, text);
    expect(text).toBe(readFileSync(COMMITTED, 'utf8'));
  });

  it('is the served one', async () => {
    const response = await request(test.server).get('/notification/openapi.json').expect(200);
    expect(response.body).toEqual(JSON.parse(text));
  });

  it('refers to nothing that it does not hold', () => {
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, object> } };
    const names = [...text.matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(['Problem', 'SendMail', 'XrayStatus']));
    for (const name of names) expect(Object.keys(components.schemas)).toContain(name);
  });

  it('describes sending: body, header, answers', () => {
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> };
    expect(paths['/notification/send']?.post).toMatchObject({
      parameters: [{ name: 'Idempotency-Key', in: 'header', required: false }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/SendMail' } } },
      },
      responses: { 200: {}, 400: {}, 409: {}, 413: {}, 415: {}, 422: {}, 503: {} },
    });
  });
});
