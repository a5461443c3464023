import { expect } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from '@usermgmt/service-kit/application';
import { loadConfig } from '@usermgmt/service-kit/config';
import request, { type Response } from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { configSchema } from '../../src/config.js';
import { service } from '../../src/service.js';

/** A running service and what it logged, without a port of its own: supertest opens one a request. */
export interface TestApplication {
  app: NestFastifyApplication;
  server: ReturnType<NestFastifyApplication['getHttpServer']>;
  logs: string[];
}

/** Starts the very application that `main` starts, with these variables and no others. */
export async function startApplication(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestApplication> {
  // The SDK signs whatever it is given; the fakes do not look.
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  const config = loadConfig(configSchema, { LOG_LEVEL: 'silent', AUDIT_FILE: '/dev/null', ...environment });
  const app = await createApplication(service, AppModule.forRoot(config), config);
  const logs: string[] = [];
  const note = (...parts: unknown[]): void => {
    logs.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
  };
  app.useLogger({ log: note, warn: note, error: note, fatal: note, debug: note, verbose: note });
  return { app, server: app.getHttpServer(), logs };
}

/** A mail that is accepted as it is; a test changes what it is about. */
export function aMail(changes: object = {}): object {
  return {
    subject: 'Subject-of-the-test',
    content: 'Content-of-the-test',
    toEmails: ['private.person@example.com'],
    ...changes,
  };
}

/** Posts a body to `/send`. */
export async function send(
  { server }: TestApplication,
  body: object = aMail(),
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return request(server).post('/notification/send').set(headers).send(body);
}

/** What no error body and no log line may hold. */
const PRIVATE = [
  'private.person',
  'Subject-of-the-test',
  'Content-of-the-test',
  'sender@example.org',
  'smtp-secret',
] as const;

/** Fails if the answer or a log line holds anything that is private. */
export function expectPrivacy({ text }: Response, { logs }: TestApplication): void {
  for (const secret of PRIVATE) expect(`${text}\n${logs.join('\n')}`).not.toContain(secret);
}
