import type { INestApplication } from '@nestjs/common';
import { ApiResponse, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { dump } from 'js-yaml';
import { z } from 'zod';
import { ACCESS_RULES, type AccessRules } from './auth/access-table.js';
import { BEARER, documentAccess } from './auth/access-openapi.js';
import { documentCommonProblems } from './openapi-common.js';
import { PROBLEM_JSON, problemSchema } from './problem.js';
import type { ServiceDescription } from './service-description.js';

/** The OpenAPI document of an application, made from the schemas that also validate its requests. */
export function openApiDocument(app: INestApplication, service: ServiceDescription): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(service.title)
    .setDescription(service.description)
    .setVersion('1.0.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, BEARER)
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...problemComponent() },
  };
  documentAccess(document, app.get<AccessRules>(ACCESS_RULES), service.contextPath);
  documentCommonProblems(document);
  return document;
}

type Components = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** The schema that {@link ApiProblem} refers to; no controller returns it, so Swagger does not find it. */
function problemComponent(): Components {
  const { definitions } = z.toJSONSchema(problemSchema, {
    target: 'openapi-3.0',
    // OpenAPI 3.0 knows one `example` of a schema, JSON Schema a list of `examples`.
    override: ({ jsonSchema }) => {
      if (!Array.isArray(jsonSchema.examples)) return;
      [jsonSchema.example] = jsonSchema.examples;
      delete jsonSchema.examples;
    },
  });
  return definitions as Components;
}

/**
 * Serves Swagger UI at `<context>/docs` and the document at
 * `<context>/openapi.json` and `<context>/openapi.yaml`, and leads to the page
 * from `<context>` itself, as the original did. Each text is made once:
 * Swagger's own routes make it anew for each request, YAML in some 20 ms.
 */
export function serveApiDocs(app: INestApplication, service: ServiceDescription): void {
  const document = once(() => openApiDocument(app, service));
  SwaggerModule.setup(`${service.contextPath}/docs`, app, document, {
    raw: false,
    customSiteTitle: service.title,
  });
  // A path without a host: it holds behind any load balancer, whatever name and scheme the client uses.
  const docs = `/${service.contextPath}/docs`;
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  fastify.get(`/${service.contextPath}`, (_request, reply) => reply.redirect(docs, 302));
  const json = once(() => JSON.stringify(document()));
  const yaml = once(() => dump(document(), { skipInvalid: true, noRefs: true }));
  fastify.get(`/${service.contextPath}/openapi.json`, (_request, reply) =>
    reply.type('application/json').send(json()),
  );
  fastify.get(`/${service.contextPath}/openapi.yaml`, (_request, reply) =>
    reply.type('text/yaml').send(yaml()),
  );
}

/** Calls `make` at the first call, and returns what it made at each. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Documents an error answer: its status and the codes that it may carry. */
export const ApiProblem = (status: number, ...codes: string[]): MethodDecorator & ClassDecorator =>
  ApiResponse({
    status,
    description: codes.join(', '),
    content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } },
  });
